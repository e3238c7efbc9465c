package asyncio4j;

/** Is told of errors that reach nobody else; see {@link EventLoop#setExceptionHandler}. */
@FunctionalInterface
public interface LoopExceptionHandler {

    /**
     * Deals with an error. Called on the loop's thread, or while the loop doesn't run; it must not
     * await.
     *
     * @param loop the loop
     * @param context what happened
     */
    void handle(EventLoop loop, ExceptionContext context);
}
