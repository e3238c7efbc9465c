package asyncio4j.model;

/** How something ended: a value, or an error that isn't null. */
record Outcome(Object value, ModelError error) {

    static Outcome of(Object value) {
        return new Outcome(value, null);
    }

    static Outcome failed(ModelError error) {
        return new Outcome(null, error);
    }

    boolean isFailure() {
        return error != null;
    }

    boolean isCancelled() {
        return error != null && error.is(ModelError.CANCELLED);
    }
}
