/** The Reactive Streams TCK over what the bridge makes. */
package asyncio4j.tck;
