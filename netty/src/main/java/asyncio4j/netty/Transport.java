package asyncio4j.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;

import org.jspecify.annotations.Nullable;

/**
 * What a Netty loop does its I/O with. Without being told it takes {@link #EPOLL} where that is
 * available, and {@link #NIO} else.
 *
 * <p>There is no io_uring: Netty's ring is registered for the thread that enters it first, and no
 * other may (it fails with "Bad file descriptor"), while this loop's I/O is done by whichever
 * thread has the loop.
 */
public enum Transport {

    /** The JDK's selectors; everywhere. */
    NIO,

    /**
     * Linux's epoll. Needs {@code netty-transport-native-epoll} with the classifier of the machine,
     * which Reactor Netty brings along for {@code linux-x86_64}.
     */
    EPOLL;

    /**
     * Whether a loop of this JVM can have it.
     *
     * @return true if the libraries are there and the system plays along
     */
    public boolean isAvailable() {
        return unavailability() == null;
    }

    /** The one for a new loop for which {@code asked} was asked, or nothing. */
    static Transport choose(@Nullable Transport asked) {
        if (asked == null) {
            return EPOLL.isAvailable() ? EPOLL : NIO;
        }
        Throwable missing = asked.unavailability();
        if (missing != null) {
            throw new IllegalStateException(
                    "the transport "
                            + asked
                            + " was asked for and is not there: add netty-transport-native-epoll"
                            + " with the classifier of this machine to the class path, see what the"
                            + " cause says of this system, or leave the transport out",
                    missing);
        }
        return asked;
    }

    /** Makes what does the I/O of one loop. Which thread calls it changes with the baton. */
    IoHandlerFactory handlers() {
        return switch (this) {
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollOnly.handlers();
        };
    }

    /** Why it can't be had; null if it can. */
    private @Nullable Throwable unavailability() {
        try {
            return switch (this) {
                case NIO -> null;
                case EPOLL -> EpollOnly.unavailability();
            };
        } catch (LinkageError e) {
            return e;
        }
    }

    /** What needs the classes of epoll. */
    private static final class EpollOnly {

        static @Nullable Throwable unavailability() {
            return Epoll.unavailabilityCause();
        }

        static IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }
    }
}
