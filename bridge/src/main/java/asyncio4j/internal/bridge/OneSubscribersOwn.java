package asyncio4j.internal.bridge;

/**
 * A value in a subscriber's Reactor Context that is for that subscription alone: the pipelines of a
 * coroutine that is made for it don't get it.
 */
public interface OneSubscribersOwn {}
