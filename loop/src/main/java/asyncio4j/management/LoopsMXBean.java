package asyncio4j.management;

/**
 * The loops of a JVM, for JMX: {@value #NAME}. It is registered a moment after the first loop
 * begins to run, unless the system property {@code asyncio4j.management} is {@code false} or the
 * module {@code java.management} isn't there, and taken out when none has run for a while. Any
 * thread.
 */
public interface LoopsMXBean {

    /** The name that it is registered under; where that is taken, {@code instance=2} is added. */
    String NAME = "asyncio4j:type=Loops";

    /**
     * A system property that is there as long as the bean is: for those who look for JVMs with one.
     */
    String SHOWN = "asyncio4j.management.shown";

    /**
     * How many loops run.
     *
     * @return the number
     */
    int getLoops();

    /**
     * How many tasks of running loops aren't done. The loops aren't asked for it, so the number may
     * be a little late.
     *
     * @return the number
     */
    int getTasks();

    /**
     * All tasks of all loops as a table; see {@code Asyncio.ps()}.
     *
     * @return the table
     */
    String ps();

    /**
     * All tasks of all loops as a tree; see {@code Asyncio.pstree()}.
     *
     * @return the tree
     */
    String pstree();
}
