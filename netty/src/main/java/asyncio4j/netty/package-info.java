/** A loop that does Netty's I/O itself: {@link asyncio4j.netty.NettyLoop}. */
@NullMarked
package asyncio4j.netty;

import org.jspecify.annotations.NullMarked;
