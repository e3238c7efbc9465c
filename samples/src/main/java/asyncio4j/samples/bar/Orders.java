package asyncio4j.samples.bar;

import static asyncio4j.bridge.Bridge.await;

import asyncio4j.Coroutine;

import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

import java.util.Objects;

/** The orders in the database. */
@Repository
class Orders {

    private final DatabaseClient database;

    Orders(DatabaseClient database) {
        this.database = database;
    }

    /** Writes an order down and takes the cups off the shelf; both, or neither. */
    @Transactional
    Coroutine<Order> add(Order.Wish wish, int price) {
        return () -> {
            Integer number =
                    await(
                            database.sql(
                                            "INSERT INTO orders (name, drink, cups, price)"
                                                    + " VALUES (:name, :drink, :cups, :price)")
                                    .filter(statement -> statement.returnGeneratedValues("number"))
                                    .bind("name", wish.name())
                                    .bind("drink", wish.drink().name())
                                    .bind("cups", wish.cups())
                                    .bind("price", price)
                                    .mapValue(Integer.class)
                                    .one());
            Long shelves =
                    await(
                            database.sql("UPDATE shelf SET cups = cups - :cups WHERE cups >= :cups")
                                    .bind("cups", wish.cups())
                                    .fetch()
                                    .rowsUpdated());
            if (shelves == null || shelves == 0) {
                throw new SoldOutException(); // and the order isn't written down either
            }
            return new Order(
                    Objects.requireNonNull(number), wish.name(), wish.drink(), wish.cups(), price);
        };
    }

    /** There are no cups left. */
    static final class SoldOutException extends Exception {

        private static final long serialVersionUID = 1L;

        SoldOutException() {
            super("Not enough cups are left for today.");
        }
    }
}
