package asyncio4j.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A row of a table: the key of its figures, the work in words, and what is wanted of it. */
record Row(String key, String work, List<Goal> goals) {

    static Row of(String key, String work, Goal... goals) {
        return new Row(key, work, List.of(goals));
    }

    /** What is wanted of both engines alike. */
    static Row both(String key, String work, Goal... goals) {
        return new Row(
                key,
                work,
                Arrays.stream(goals)
                        .flatMap(goal ->
                                Stream.of(
                                        goal,
                                        new Goal(
                                                Peer.ASYNCIO4J_CONTINUATIONS,
                                                goal.ratio(),
                                                goal.below(),
                                                goal.peer())))
                        .toList());
    }

    List<Goal> goals(Peer ours) {
        return goals.stream().filter(goal -> goal.ours() == ours).toList();
    }

    /** Missed if one of the goals is; unknown if none is, but one wasn't measured. */
    Goal.Verdict verdict(Peer ours, Figures figures) {
        List<Goal.Verdict> verdicts =
                goals(ours).stream()
                        .map(goal -> goal.verdict(figures.ratio(key, ours, goal.peer())))
                        .toList();
        if (verdicts.contains(Goal.Verdict.MISSED)) {
            return Goal.Verdict.MISSED;
        }
        return verdicts.contains(Goal.Verdict.UNKNOWN) ? Goal.Verdict.UNKNOWN : Goal.Verdict.MET;
    }
}
