package asyncio4j;

/** A stack trace that says where something was made or awaited; never thrown. */
final class CreationStack extends Throwable {

    private static final long serialVersionUID = 1L;

    CreationStack(String message) {
        super(message);
    }

    /** The first frame that isn't the library's. */
    String site() {
        for (StackTraceElement frame : getStackTrace()) {
            if (!LibraryFrames.isLibrary(frame)) {
                return frame.getClassName()
                        + "."
                        + frame.getMethodName()
                        + "("
                        + frame.getFileName()
                        + ":"
                        + frame.getLineNumber()
                        + ")";
            }
        }
        return "an unknown place";
    }

    /** Prints as its message alone, not as an error. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class name would say nothing
    public String toString() {
        return String.valueOf(getMessage());
    }
}
