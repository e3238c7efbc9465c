package asyncio4j.internal.loop;

import asyncio4j.internal.fiber.Step;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A step posted while the inbox is closed is refused or dropped: it never stays behind in a closed
 * inbox.
 */
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "posted in time, dropped by close")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "too late, refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "left in the closed inbox")
@State
public class InboxCloseStress {

    private final Inbox inbox = new Inbox();

    @Actor
    public void post(ZI_Result result) {
        result.r1 = inbox.post(new Nothing());
    }

    @Actor
    public void close() {
        inbox.close();
    }

    @Arbiter
    public void look(ZI_Result result) {
        Queue<Step> left = new ArrayDeque<>();
        inbox.drainTo(left::add);
        result.r2 = left.size();
    }

    /** What is posted. */
    private static final class Nothing extends Step {
        @Override
        public void run() {}
    }
}
