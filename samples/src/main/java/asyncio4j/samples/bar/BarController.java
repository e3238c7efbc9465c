package asyncio4j.samples.bar;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import asyncio4j.AsyncGenerator;
import asyncio4j.bridge.spring.RunOnLoop;

import jakarta.validation.Valid;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.reactive.function.client.WebClient;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What the page talks to. */
@RestController
@RunOnLoop
class BarController {

    private final Bar bar;

    private final Orders orders;

    private final WebClient prices;

    BarController(Bar bar, Orders orders, PriceList list, WebClient.Builder client) {
        this.bar = bar;
        this.orders = orders;
        this.prices = client.baseUrl(list.address()).build();
    }

    @GetMapping("/menu")
    List<Drink> menu() {
        return List.of(Drink.values());
    }

    /** Straight-line code that waits for another service and for the database. */
    @PostMapping("/orders")
    Order order(@Valid @RequestBody Order.Wish wish) {
        Integer price =
                await(
                        prices.get()
                                .uri("/prices/{drink}", wish.drink().name())
                                .retrieve()
                                .bodyToMono(Integer.class));
        Order order = await(orders.add(wish, Objects.requireNonNull(price) * wish.cups()));
        bar.make(order);
        return order;
    }

    /** The live feed, until the client goes. */
    @GetMapping(path = "/feed", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    AsyncGenerator<News> feed() {
        return bar.feed();
    }

    /** The live tasks, until the client goes. */
    @GetMapping(path = "/tasks", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    AsyncGenerator<List<TaskNode>> tasks() {
        return AsyncGenerator.of(g -> {
            List<TaskNode> last = List.of();
            while (true) {
                List<TaskNode> now = TaskNode.roots();
                if (!now.equals(last)) {
                    g.yield(now);
                    last = now;
                }
                await(sleep(Duration.ofMillis(100)));
            }
        });
    }

    @ExceptionHandler
    ProblemDetail soldOut(Orders.SoldOutException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail wrong(WebExchangeBindException e) {
        var fault = e.getFieldErrors().getFirst();
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST, Objects.requireNonNull(fault.getDefaultMessage()));
    }
}
