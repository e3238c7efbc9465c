package asyncio4j.model;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing program smaller: leaves out steps, or puts what is inside of a step in its place,
 * as long as it still fails.
 */
final class Shrinker {

    private Shrinker() {}

    static Program shrink(Program program, Predicate<Program> fails) {
        Program smallest = program;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Object variant : variants(smallest.main())) {
                @SuppressWarnings("unchecked") // a variant of a list of steps is one
                Program candidate = new Program(program.seed(), (List<Step>) variant);
                if (fails.test(candidate)) {
                    smallest = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return smallest;
    }

    /** The same with one thing less, the biggest first. */
    private static List<Object> variants(Object whole) {
        List<Object> all = new ArrayList<>();
        if (whole instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                all.add(replaced(list, i, List.of()));
            }
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof Step step && !(step instanceof Step.Generator)) {
                    for (List<?> body : bodies(step)) {
                        all.add(replaced(list, i, body));
                    }
                }
                for (Object variant : variants(list.get(i))) {
                    all.add(with(list, i, variant));
                }
            }
        } else if (whole instanceof Record record) {
            List<Object> parts = parts(whole);
            for (int i = 0; i < parts.size(); i++) {
                for (Object variant : variants(parts.get(i))) {
                    all.add(rebuilt(record, with(parts, i, variant)));
                }
            }
        }
        return all;
    }

    /** The steps inside of {@code step}, in so far as they could stand in its place. */
    private static List<List<?>> bodies(Object whole) {
        List<List<?>> all = new ArrayList<>();
        for (Object part : parts(whole)) {
            if (part instanceof List<?> list && !list.isEmpty()) {
                if (list.getFirst() instanceof Step) {
                    all.add(list);
                } else {
                    list.forEach(arg -> all.addAll(bodies(arg)));
                }
            } else if (part instanceof Step.Arg arg) {
                all.addAll(bodies(arg));
            }
        }
        return all;
    }

    private static List<Object> replaced(List<?> list, int at, List<?> with) {
        List<Object> copy = new ArrayList<>(list);
        copy.remove(at);
        copy.addAll(at, with);
        return copy;
    }

    private static List<Object> with(List<?> list, int at, Object part) {
        List<Object> copy = new ArrayList<>(list);
        copy.set(at, part);
        return copy;
    }

    static List<Object> parts(Object whole) {
        List<Object> parts = new ArrayList<>();
        if (whole instanceof Record) {
            try {
                for (RecordComponent component : whole.getClass().getRecordComponents()) {
                    parts.add(component.getAccessor().invoke(whole));
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("a record can't be read", e);
            }
        }
        return parts;
    }

    private static Object rebuilt(Record whole, List<Object> parts) {
        try {
            return whole.getClass().getDeclaredConstructors()[0].newInstance(parts.toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record can't be made", e);
        }
    }
}
