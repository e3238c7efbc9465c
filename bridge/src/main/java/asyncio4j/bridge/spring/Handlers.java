package asyncio4j.bridge.spring;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;

import reactor.core.publisher.Mono;

import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * Spring's functional routes and WebSocket handlers as coroutines; import the functions statically,
 * beside those of {@link Asyncio} and {@link Bridge}.
 *
 * {@snippet :
 * RouterFunction<ServerResponse> routes =
 *         route().GET("/users/{id}", asHandler(request -> {
 *             User user = await(users.find(request.pathVariable("id")));
 *             return user == null ? notFound().build() : ok().bodyValue(user);
 *         }))
 *         .build();
 * }
 *
 * <p>Every request is a new task, named for its method and path, on a loop of the application's
 * {@link AsyncioLoops}, or on the one that is given. The Reactor Context of the exchange, with what
 * Spring Security and others have put there, is seen in the coroutine as {@link
 * asyncio4j.bridge.ReactorContext} says. What the coroutine throws goes to {@code onError} and the
 * {@code WebExceptionHandler}s as it is. A client that goes away cancels the task, whose {@code
 * finally} blocks run to their end, awaits in them too.
 *
 * <p>A body may be an {@link asyncio4j.AsyncGenerator} or a {@link Coroutine}: {@code
 * ok().body(generator, Row.class)}.
 */
public final class Handlers {

    private Handlers() {}

    /**
     * A coroutine as a handler of a functional route, on a loop of the application.
     *
     * @param handler what handles a request
     * @param <T> the type of its response
     * @return the handler; it fails if the application has no {@link AsyncioLoops}
     */
    public static <T extends ServerResponse> HandlerFunction<T> asHandler(
            CoroutineHandler<T> handler) {
        return handler(Place.APPLICATION, handler);
    }

    /**
     * A coroutine as a handler of a functional route, on {@code loop}.
     *
     * @param loop the loop; it need not run yet
     * @param handler what handles a request
     * @param <T> the type of its response
     * @return the handler
     */
    public static <T extends ServerResponse> HandlerFunction<T> asHandler(
            EventLoop loop, CoroutineHandler<T> handler) {
        return handler(Place.of(loop, "asHandler"), handler);
    }

    /**
     * A coroutine as a handler of a functional route, on one of {@code loops}.
     *
     * @param loops the loops
     * @param handler what handles a request
     * @param <T> the type of its response
     * @return the handler
     */
    public static <T extends ServerResponse> HandlerFunction<T> asHandler(
            AsyncioLoops loops, CoroutineHandler<T> handler) {
        return handler(Place.of(loops, "asHandler"), handler);
    }

    private static <T extends ServerResponse> HandlerFunction<T> handler(
            Place place, CoroutineHandler<T> handler) {
        Objects.requireNonNull(
                handler,
                "asHandler: the handler is null; pass a lambda, such as request -> ok().build()");
        return request -> run(place, request, "handler", () -> handler.handle(request));
    }

    /**
     * A coroutine as a filter of functional routes, on a loop of the application.
     *
     * {@snippet :
     * HandlerFilterFunction<ServerResponse, ServerResponse> guard = asFilter((request, next) -> {
     *     if (!await(permissions.mayRead(request))) {
     *         return status(HttpStatus.FORBIDDEN).build();
     *     }
     *     ServerResponse response = await(next.handle(request));
     *     log.info(response.statusCode().toString());
     *     return Mono.just(response);
     * });
     * }
     *
     * @param filter what filters a request
     * @return the filter; it fails if the application has no {@link AsyncioLoops}
     */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> asFilter(
            CoroutineFilter filter) {
        return filter(Place.APPLICATION, filter);
    }

    /**
     * A coroutine as a filter of functional routes, on {@code loop}.
     *
     * @param loop the loop; it need not run yet
     * @param filter what filters a request
     * @return the filter
     */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> asFilter(
            EventLoop loop, CoroutineFilter filter) {
        return filter(Place.of(loop, "asFilter"), filter);
    }

    /**
     * A coroutine as a filter of functional routes, on one of {@code loops}.
     *
     * @param loops the loops
     * @param filter what filters a request
     * @return the filter
     */
    public static HandlerFilterFunction<ServerResponse, ServerResponse> asFilter(
            AsyncioLoops loops, CoroutineFilter filter) {
        return filter(Place.of(loops, "asFilter"), filter);
    }

    private static HandlerFilterFunction<ServerResponse, ServerResponse> filter(
            Place place, CoroutineFilter filter) {
        Objects.requireNonNull(
                filter,
                "asFilter: the filter is null; pass a lambda, such as (request, next) ->"
                        + " next.handle(request)");
        return (request, next) -> run(place, request, "filter", () -> filter.filter(request, next));
    }

    /**
     * A coroutine as what answers to an exception: for {@code RouterFunctions.Builder.onError}, on
     * a loop of the application.
     *
     * @param handler what handles an exception
     * @param <E> the type of the exception
     * @param <T> the type of the response
     * @return the function; it fails if the application has no {@link AsyncioLoops}
     */
    public static <E extends Throwable, T extends ServerResponse>
            BiFunction<E, ServerRequest, Mono<T>> asErrorHandler(
                    CoroutineErrorHandler<E, T> handler) {
        return errorHandler(Place.APPLICATION, handler);
    }

    /**
     * A coroutine as what answers to an exception: for {@code RouterFunctions.Builder.onError}, on
     * {@code loop}.
     *
     * @param loop the loop; it need not run yet
     * @param handler what handles an exception
     * @param <E> the type of the exception
     * @param <T> the type of the response
     * @return the function
     */
    public static <E extends Throwable, T extends ServerResponse>
            BiFunction<E, ServerRequest, Mono<T>> asErrorHandler(
                    EventLoop loop, CoroutineErrorHandler<E, T> handler) {
        return errorHandler(Place.of(loop, "asErrorHandler"), handler);
    }

    /**
     * A coroutine as what answers to an exception: for {@code RouterFunctions.Builder.onError}, on
     * one of {@code loops}.
     *
     * @param loops the loops
     * @param handler what handles an exception
     * @param <E> the type of the exception
     * @param <T> the type of the response
     * @return the function
     */
    public static <E extends Throwable, T extends ServerResponse>
            BiFunction<E, ServerRequest, Mono<T>> asErrorHandler(
                    AsyncioLoops loops, CoroutineErrorHandler<E, T> handler) {
        return errorHandler(Place.of(loops, "asErrorHandler"), handler);
    }

    private static <E extends Throwable, T extends ServerResponse>
            BiFunction<E, ServerRequest, Mono<T>> errorHandler(
                    Place place, CoroutineErrorHandler<E, T> handler) {
        Objects.requireNonNull(
                handler,
                "asErrorHandler: the handler is null; pass a lambda, such as (error, request) ->"
                        + " badRequest().build()");
        return (error, request) ->
                run(place, request, "error handler", () -> handler.handle(error, request));
    }

    /** Runs {@code code} as a task, and awaits in it what it returns. */
    private static <T> Mono<T> run(
            Place place, ServerRequest request, String what, Coroutine<Mono<T>> code) {
        Coroutine<@Nullable T> body =
                () -> {
                    Mono<T> response = code.run();
                    if (response == null) {
                        throw new IllegalStateException(
                                "the "
                                        + what
                                        + " of "
                                        + request.method()
                                        + " "
                                        + request.path()
                                        + " returned null: return a response, such as"
                                        + " notFound().build()");
                    }
                    return Bridge.await(response);
                };
        return place.mono(body);
    }

    // WebSocket

    /**
     * A coroutine as a handler of WebSocket connections, on a loop of the application.
     *
     * {@snippet :
     * WebSocketHandler echo = asWebSocketHandler(session -> {
     *     for (WebSocketMessage message : session.receive()) {
     *         await(session.send("echo: " + message.getPayloadAsText()));
     *     }
     * });
     * }
     *
     * <p>It serves a server's connections as well as a client's: {@code await(client.execute(uri,
     * asWebSocketHandler(session -> ...)))}. {@link CoroutineWebSocketSession} says how a
     * connection ends.
     *
     * @param handler what handles a connection
     * @return the handler; it fails if the application has no {@link AsyncioLoops}
     */
    public static WebSocketHandler asWebSocketHandler(CoroutineWebSocketHandler handler) {
        return asWebSocketHandler(handler, WebSocketOptions.DEFAULT);
    }

    /**
     * {@link #asWebSocketHandler(CoroutineWebSocketHandler)} with options.
     *
     * @param handler what handles a connection
     * @param options how it is served
     * @return the handler; it fails if the application has no {@link AsyncioLoops}
     */
    public static WebSocketHandler asWebSocketHandler(
            CoroutineWebSocketHandler handler, WebSocketOptions options) {
        return webSocketHandler(Place.APPLICATION, handler, options);
    }

    /**
     * A coroutine as a handler of WebSocket connections, on {@code loop}.
     *
     * @param loop the loop; it need not run yet
     * @param handler what handles a connection
     * @return the handler
     */
    public static WebSocketHandler asWebSocketHandler(
            EventLoop loop, CoroutineWebSocketHandler handler) {
        return asWebSocketHandler(loop, handler, WebSocketOptions.DEFAULT);
    }

    /**
     * A coroutine as a handler of WebSocket connections, on one of {@code loops}.
     *
     * @param loops the loops
     * @param handler what handles a connection
     * @return the handler
     */
    public static WebSocketHandler asWebSocketHandler(
            AsyncioLoops loops, CoroutineWebSocketHandler handler) {
        return asWebSocketHandler(loops, handler, WebSocketOptions.DEFAULT);
    }

    /**
     * {@link #asWebSocketHandler(EventLoop, CoroutineWebSocketHandler)} with options.
     *
     * @param loop the loop; it need not run yet
     * @param handler what handles a connection
     * @param options how it is served
     * @return the handler
     */
    public static WebSocketHandler asWebSocketHandler(
            EventLoop loop, CoroutineWebSocketHandler handler, WebSocketOptions options) {
        return webSocketHandler(Place.of(loop, "asWebSocketHandler"), handler, options);
    }

    /**
     * {@link #asWebSocketHandler(AsyncioLoops, CoroutineWebSocketHandler)} with options.
     *
     * @param loops the loops
     * @param handler what handles a connection
     * @param options how it is served
     * @return the handler
     */
    public static WebSocketHandler asWebSocketHandler(
            AsyncioLoops loops, CoroutineWebSocketHandler handler, WebSocketOptions options) {
        return webSocketHandler(Place.of(loops, "asWebSocketHandler"), handler, options);
    }

    private static WebSocketHandler webSocketHandler(
            Place place, CoroutineWebSocketHandler handler, WebSocketOptions options) {
        Objects.requireNonNull(
                handler,
                "asWebSocketHandler: the handler is null; pass a lambda, such as session ->"
                        + " await(session.send(text))");
        Objects.requireNonNull(options, "asWebSocketHandler: the options are null");
        return new WebSocketHandler() {
            @Override
            public List<String> getSubProtocols() {
                return options.subProtocols();
            }

            @Override
            public Mono<Void> handle(WebSocketSession session) {
                return place.mono(
                        Coroutine.of(() ->
                                new CoroutineWebSocketSession(session, options).run(handler)));
            }
        };
    }
}
