package asyncio4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Makes random programs, small ones with much going on at the same time. */
final class ProgramMaker {

    /** Where steps stand decides which ones may. */
    private enum Place {
        TASK,
        CALLBACK,
        GENERATOR
    }

    private static final int DEPTH = 5;

    private static final List<Step.Op> SUSPENDING =
            Arrays.stream(Step.Op.values()).filter(op -> op.suspends).toList();

    private static final List<Step.Op> PLAIN =
            Arrays.stream(Step.Op.values()).filter(op -> !op.suspends).toList();

    private final Random random;

    /** How many more steps there may be. */
    private int budget;

    private int names;

    private int logs;

    private int errors;

    private int items;

    private int lastTicks;

    private final List<String> tasks = new ArrayList<>(List.of("main", Step.SELF));

    /** What gather and shield answer. */
    private final List<String> outers = new ArrayList<>();

    /** Groups that a step may start a task in; those that are written to their end, too. */
    private final List<String> groups = new ArrayList<>();

    private final List<String> timeouts = new ArrayList<>();

    private final List<String> generators = new ArrayList<>();

    private ProgramMaker(long seed) {
        random = new Random(seed);
        budget = 6 + random.nextInt(60);
    }

    static Program make(long seed) {
        ProgramMaker maker = new ProgramMaker(seed);
        List<Step> main = new ArrayList<>();
        while (maker.budget > 0) {
            List<Step> part = maker.steps(Place.TASK, 0, 6);
            if (maker.random.nextInt(4) == 0) {
                main.addAll(part);
            } else { // so that main goes on
                Step.Catch caught =
                        maker.random.nextInt(4) == 0 ? Step.Catch.CANCELLED : Step.Catch.EXCEPTION;
                main.add(new Step.Try(part, caught, List.of(), false, List.of()));
            }
        }
        maker.addWaitForAll(main);
        return new Program(seed, main);
    }

    /** Mostly the main task waits for the others in the end, some of which never end. */
    private void addWaitForAll(List<Step> main) {
        if (random.nextInt(4) > 0) {
            List<Step.Arg> all = new ArrayList<>();
            tasks.stream()
                    .filter(name -> name.startsWith("t"))
                    .forEach(name -> all.add(new Step.Ref(name)));
            main.add(new Step.Gather("all", all, random.nextInt(4) > 0));
            main.add(new Step.Await("all"));
        }
    }

    private List<Step> steps(Place place, int depth, int most) {
        List<Step> steps = new ArrayList<>();
        for (int n = 1 + random.nextInt(most); n > 0 && budget > 0; n--) {
            budget--;
            if (depth < 3 && random.nextInt(12) == 0) {
                crowd(steps);
                continue;
            }
            Step step = step(place, depth);
            steps.add(step);
            if (step instanceof Step.Generator s && place != Place.CALLBACK) {
                if (random.nextInt(3) > 0) {
                    steps.add(new Step.Anext(s.name()));
                    steps.add(generatorStep(s.name()));
                }
            }
            // what was made is mostly waited for, at once or a moment later
            String made =
                    switch (step) {
                        case Step.Gather s -> s.name();
                        case Step.Shield s -> s.name();
                        case Step.Spawn s when random.nextInt(3) == 0 -> s.name();
                        default -> null;
                    };
            if (made != null && place != Place.CALLBACK && random.nextInt(4) > 0) {
                if (random.nextInt(4) == 0) {
                    steps.add(new Step.Sleep(random.nextInt(2)));
                }
                steps.add(new Step.Await(made));
            }
        }
        return steps;
    }

    private Step step(Place place, int depth) {
        while (true) {
            Step step = place == Place.CALLBACK ? plain(depth) : any(place, depth);
            if (step != null) {
                return step;
            }
        }
    }

    /** A step, or null if it can't be here. */
    private Step any(Place place, int depth) {
        boolean deep = depth >= DEPTH;
        int pick = random.nextInt(100);
        if (place == Place.GENERATOR && pick < 25) {
            return new Step.Yield(items++);
        }
        if (place == Place.GENERATOR && pick < 35 && !deep) {
            return guardedYield(depth);
        }
        pick = random.nextInt(100);
        if (pick < 12) {
            return new Step.Sleep(ticks());
        } else if (pick < 20) {
            return new Step.Await(random.nextInt(40) == 0 ? Step.SELF : awaitable());
        } else if (pick < 22) {
            return new Step.Raise("e" + errors++);
        } else if (pick < 34) {
            return deep ? null : tryBlock(place, depth);
        } else if (pick < 40) {
            return deep ? null : new Step.WaitFor(arg(depth), ticks());
        } else if (pick < 46) {
            return deep
                    ? null
                    : new Step.Semaphore(
                            random.nextInt(3) > 0 ? "s1" : "s2", steps(place, depth + 1, 3));
        } else if (pick < 52) {
            return deep ? null : timeout(depth);
        } else if (pick < 62) {
            return generators.isEmpty() ? null : generatorStep(oneOf(generators));
        } else if (pick < 66) {
            return deep ? null : new Step.Lock(steps(place, depth + 1, 3));
        } else if (pick < 71) {
            return deep ? null : group(depth);
        } else if (pick < 74) {
            return waitStep();
        } else if (pick < 80) {
            return use(oneOf(SUSPENDING));
        }
        return plain(depth);
    }

    private Step use(Step.Op op) {
        boolean ends = op == Step.Op.SHUTDOWN || op == Step.Op.SHUTDOWN_NOW;
        return ends && random.nextInt(5) > 0 ? null : new Step.Use(op, 1 + random.nextInt(2));
    }

    private Step group(int depth) {
        String name = name("c");
        groups.add(name);
        List<Step> body = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            body.add(groupSpawn(name, depth + 1));
        }
        body.addAll(steps(Place.TASK, depth + 1, 3));
        if (random.nextInt(4) > 0) {
            groups.remove(name);
        }
        return new Step.Group(name, body);
    }

    private Step groupSpawn(String group, int depth) {
        String name = name("t");
        List<Step> body = steps(Place.TASK, depth + 1, 3);
        tasks.add(name);
        return new Step.GroupSpawn(group, name, random.nextInt(4) == 0, body);
    }

    private Step waitStep() {
        List<Step.Ref> futures = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            futures.add(new Step.Ref(awaitable()));
        }
        return new Step.Wait(
                futures, oneOf(List.of(Step.Until.values())), random.nextBoolean() ? -1 : ticks());
    }

    private Step generatorStep(String name) {
        int pick = random.nextInt(10);
        return pick < 7
                ? new Step.Anext(name)
                : pick < 9 ? new Step.Aclose(name) : new Step.Athrow(name, "e" + errors++);
    }

    /** A step that doesn't suspend. */
    private Step plain(int depth) {
        boolean deep = depth >= DEPTH;
        int pick = random.nextInt(110);
        if (pick >= 103) {
            return use(oneOf(PLAIN));
        } else if (pick >= 100) {
            return deep || groups.isEmpty() ? null : groupSpawn(oneOf(groups), depth);
        } else if (pick < 16) {
            return new Step.Log(logs++);
        } else if (pick < 36) {
            return deep ? null : spawn(depth);
        } else if (pick < 42) {
            return new Step.Complete(oneOf(Program.FUTURES));
        } else if (pick < 44) {
            return new Step.Fail(oneOf(Program.FUTURES), "e" + errors++);
        } else if (pick < 60) {
            return new Step.Cancel(anything(), random.nextInt(3) == 0 ? "m" + errors++ : null);
        } else if (pick < 65) {
            return new Step.Uncancel(oneOf(tasks));
        } else if (pick < 68) {
            return new Step.Check(anything());
        } else if (pick < 71 && !timeouts.isEmpty()) {
            int ticks = random.nextInt(6) == 0 ? -1 : ticks();
            return new Step.Reschedule(oneOf(timeouts), ticks);
        } else if (pick < 74) {
            return new Step.Callback(anything(), logs++);
        } else if (pick < 80) {
            return deep
                    ? null
                    : new Step.Later(
                            random.nextInt(3) == 0 ? -1 : ticks(),
                            steps(Place.CALLBACK, depth + 1, 3));
        } else if (pick < 86) {
            return deep ? null : gather(depth);
        } else if (pick < 91) {
            Step.Arg arg = deep ? new Step.Ref(anything()) : arg(depth);
            String name = name("h");
            outers.add(name);
            return new Step.Shield(name, arg);
        }
        return deep ? null : generator(depth);
    }

    private Step timeout(int depth) {
        String name = name("o");
        timeouts.add(name);
        int ticks = random.nextInt(8) == 0 ? -1 : ticks();
        // in a generator no item leaves the block: where such a timeout ends is the library's rule
        return new Step.Timeout(name, ticks, steps(Place.TASK, depth + 1, 3));
    }

    private Step tryBlock(Place place, int depth) {
        List<Step> body = steps(place, depth + 1, 4);
        int pick = random.nextInt(10);
        Step.Catch caught =
                pick < 4
                        ? Step.Catch.CANCELLED
                        : pick < 8 ? Step.Catch.EXCEPTION : Step.Catch.NOTHING;
        Supplier<List<Step>> block = () -> steps(place, depth + 1, 2);
        List<Step> handler =
                caught == Step.Catch.NOTHING || random.nextBoolean() ? List.of() : block.get();
        List<Step> last =
                caught == Step.Catch.NOTHING || random.nextInt(3) == 0 ? block.get() : List.of();
        return new Step.Try(body, caught, handler, random.nextInt(3) == 0, last);
    }

    /** A yield with something to do when the generator is closed there, such as another yield. */
    private Step guardedYield(int depth) {
        List<Step> last =
                random.nextInt(3) == 0
                        ? List.of(new Step.Yield(items++))
                        : steps(Place.GENERATOR, depth + 1, 2);
        Step.Catch caught = oneOf(List.of(Step.Catch.values()));
        return new Step.Try(List.of(new Step.Yield(items++)), caught, List.of(), false, last);
    }

    private Step spawn(int depth) {
        String name = name("t");
        if (random.nextBoolean()) {
            tasks.add(name); // so that it may meet itself
        }
        List<Step> body = steps(Place.TASK, depth + 1, 5);
        if (!tasks.contains(name)) {
            tasks.add(name);
        }
        return new Step.Spawn(name, random.nextInt(4) == 0, body);
    }

    private Step gather(int depth) {
        List<Step.Arg> args = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            args.add(arg(depth));
        }
        String name = name("g");
        outers.add(name);
        return new Step.Gather(name, args, random.nextInt(3) == 0);
    }

    /** Tasks that want the same, and somebody who cancels one when another is about to have it. */
    private void crowd(List<Step> steps) {
        int kind = random.nextInt(generators.isEmpty() ? 8 : 9);
        String generator = generators.isEmpty() ? null : oneOf(generators);
        int moment = 1 + random.nextInt(2);
        String future = oneOf(Program.FUTURES);
        List<String> members = new ArrayList<>();
        for (int n = 2 + random.nextInt(3); n > 0; n--) {
            List<Step> inside = List.of(new Step.Sleep(random.nextInt(4) == 0 ? 0 : moment));
            Step wanted =
                    switch (kind) {
                        case 0, 1 -> new Step.Semaphore("s1", inside);
                        case 2 -> new Step.Await(future);
                        case 3, 4 -> new Step.Lock(inside);
                        case 5, 6 -> new Step.Use(oneOf(SUSPENDING), 1);
                        case 8 -> generatorStep(generator);
                        default -> new Step.WaitFor(waitedFor(future, inside), moment);
                    };
            Step.Catch caught = oneOf(List.of(Step.Catch.values()));
            List<Step> last = random.nextBoolean() ? List.of() : List.of(new Step.Sleep(0));
            Step careful = new Step.Try(List.of(wanted), caught, List.of(), false, last);
            String name = name("t");
            members.add(name);
            steps.add(
                    new Step.Spawn(
                            name,
                            random.nextInt(4) == 0,
                            List.of(
                                    random.nextInt(3) == 0 ? wanted : careful,
                                    new Step.Log(logs++))));
        }
        tasks.addAll(members);
        List<Step> moves = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            moves.add(
                    switch (random.nextInt(6)) {
                        case 0 -> new Step.Complete(future);
                        case 1, 2 -> new Step.Use(oneOf(PLAIN.subList(0, 4)), 1);
                        default -> new Step.Cancel(oneOf(members), null);
                    });
        }
        steps.add(
                random.nextBoolean()
                        ? new Step.Later(moment, moves)
                        : new Step.Spawn(name("t"), false, sleepFirst(moment, moves)));
    }

    private Step.Arg waitedFor(String future, List<Step> inside) {
        return random.nextBoolean() ? new Step.Ref(future) : new Step.Body(name("b"), inside);
    }

    private static List<Step> sleepFirst(int ticks, List<Step> then) {
        List<Step> steps = new ArrayList<>(List.of(new Step.Sleep(ticks)));
        steps.addAll(then);
        return steps;
    }

    private Step.Arg arg(int depth) {
        return random.nextInt(5) < 2
                ? new Step.Ref(awaitable())
                : new Step.Body(name("b"), steps(Place.TASK, depth + 1, 3));
    }

    private Step generator(int depth) {
        String name = name("a");
        List<Step> body = steps(Place.GENERATOR, depth + 1, 6);
        generators.add(name);
        return new Step.Generator(name, body);
    }

    /** Small numbers, and often the same, so that much happens at the same time. */
    private int ticks() {
        if (random.nextInt(3) > 0) {
            lastTicks = random.nextInt(5) < 2 ? 0 : 1 + random.nextInt(4);
        }
        return lastTicks;
    }

    private String name(String kind) {
        return kind + names++;
    }

    /** Something to wait for; hardly ever the main task, which waits for others itself. */
    private String awaitable() {
        String name;
        do {
            name = anything();
        } while (name.equals(Step.SELF) || (name.equals("main") && random.nextInt(10) > 0));
        return name;
    }

    /** Something to cancel or to look at, rather something of late. */
    private String anything() {
        int pick = random.nextInt(10);
        if (pick < 2) {
            return oneOf(Program.FUTURES);
        }
        if (pick < 5 && !outers.isEmpty()) {
            return oneOf(outers);
        }
        return random.nextInt(3) == 0 ? tasks.getLast() : oneOf(tasks);
    }

    private <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
