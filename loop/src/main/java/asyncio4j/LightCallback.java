package asyncio4j;

/**
 * A done callback that is bookkeeping alone: it never runs a user's code, so that any baton holder
 * may run it.
 */
abstract class LightCallback extends StepCallback {

    @Override
    public final boolean light() {
        return true;
    }
}
