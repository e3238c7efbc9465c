package asyncio4j;

import java.util.ArrayList;
import java.util.List;

/** Finds tasks that await each other in a circle, and so for ever. */
final class AwaitCycles {

    /** More are not looked for. */
    private static final int MOST = 20;

    private static final byte NEW = 0;

    private static final byte ON_THE_WAY = 1;

    private static final byte DONE = 2;

    private final List<List<Integer>> awaits;

    private final byte[] states;

    /** The way from a root to where the search is, and how far it is with each on it. */
    private final List<Integer> way = new ArrayList<>();

    private final List<Integer> next = new ArrayList<>();

    private final List<List<Integer>> cycles = new ArrayList<>();

    private AwaitCycles(List<List<Integer>> awaits) {
        this.awaits = awaits;
        this.states = new byte[awaits.size()];
    }

    /**
     * Searches depth first, without recursion.
     *
     * @param awaits for each task, by its place, the places of those it awaits
     * @return the circles, each as the places along it
     */
    static List<List<Integer>> of(List<List<Integer>> awaits) {
        AwaitCycles search = new AwaitCycles(awaits);
        for (int i = 0; i < awaits.size(); i++) {
            if (search.states[i] == NEW) {
                search.from(i);
            }
        }
        return search.cycles;
    }

    private void from(int root) {
        enter(root);
        while (!way.isEmpty()) {
            int top = way.size() - 1;
            int here = way.get(top);
            int step = next.get(top);
            if (step == awaits.get(here).size()) {
                states[here] = DONE;
                way.removeLast();
                next.removeLast();
                continue;
            }
            next.set(top, step + 1);
            int there = awaits.get(here).get(step);
            if (states[there] == NEW) {
                enter(there);
            } else if (states[there] == ON_THE_WAY && cycles.size() < MOST) {
                cycles.add(List.copyOf(way.subList(way.indexOf(there), way.size())));
            }
        }
    }

    private void enter(int task) {
        states[task] = ON_THE_WAY;
        way.add(task);
        next.add(0);
    }
}
