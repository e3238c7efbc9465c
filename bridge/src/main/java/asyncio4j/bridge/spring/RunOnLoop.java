package asyncio4j.bridge.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a method of a WebFlux controller, or on its class: the method runs as a coroutine on an event
 * loop, and may await. It returns what controller methods return, plainly.
 *
 * {@snippet lang=java :
 * @RestController
 * @RunOnLoop
 * class Orders {
 *
 *     @GetMapping("/orders/{id}")
 *     Order order(@PathVariable long id) {
 *         Row row = await(database.row(id));
 *         Price price = await(prices.find(row.item()));
 *         return new Order(row, price);
 *     }
 * }
 * }
 *
 * <p>Arguments, validation, {@code @ExceptionHandler} and all the rest are WebFlux's own. The
 * method has a task of its own, which is cancelled when the client goes away. It runs on the loop
 * of its request, beside other tasks: what blocks belongs into {@code toThread}.
 * {@code @InitBinder}, {@code @ModelAttribute} and {@code @ExceptionHandler} methods aren't run so;
 * those that have to await return a {@code Coroutine}.
 *
 * <p>An annotation of the method counts more than that of the class. Methods that return or take a
 * {@code Task} or {@code AsyncFuture} run on a loop without it, as those can't be made elsewhere.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface RunOnLoop {

    /**
     * The name of the bean, an {@code EventLoop} that runs or {@link AsyncioLoops}, on which to
     * run.
     *
     * @return the name; empty for the request's own loop
     */
    String value() default "";
}
