package asyncio4j;

import java.util.Set;

/** A stack trace that says where something was made or awaited; never thrown. */
final class CreationStack extends Throwable {

    private static final long serialVersionUID = 1L;

    /** The classes between the user's call and the making of a future, a task or a handle. */
    private static final Set<String> MAKERS =
            Set.of(
                    AsyncFuture.class.getName(),
                    Asyncio.class.getName(),
                    Callback.class.getName(),
                    CallbackHandle.class.getName(),
                    DefaultEventLoop.class.getName(),
                    EventLoop.class.getName(),
                    ForwardingEventLoop.class.getName(),
                    GatheringFuture.class.getName(),
                    StandIn.class.getName(),
                    Task.class.getName(),
                    TimerCallback.class.getName());

    CreationStack(String message) {
        super(message);
    }

    /** The first frame that isn't the library's. */
    String site() {
        for (StackTraceElement frame : getStackTrace()) {
            if (!MAKERS.contains(frame.getClassName())) {
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
