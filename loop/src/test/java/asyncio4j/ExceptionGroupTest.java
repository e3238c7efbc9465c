package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several exceptions in one. */
class ExceptionGroupTest {

    private final IOException io = new IOException("disk");

    private final RuntimeException state = new IllegalStateException("state");

    private final Error error = new AssertionError("error");

    private final ExceptionGroup inner = new ExceptionGroup("inner", List.of(io, state));

    private final ExceptionGroup outer = new ExceptionGroup("outer", List.of(inner, error));

    private static String printed(Throwable shown) {
        StringWriter text = new StringWriter();
        shown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void theMessageHasTheNumberOfMembers() {
        assertThat(new ExceptionGroup("failed", List.of(io)))
                .hasMessage("failed (1 sub-exception)");
        assertThat(inner).hasMessage("inner (2 sub-exceptions)");
        assertThat(inner.exceptions()).containsExactly(io, state);
    }

    @Test
    void aPrintedStackTraceShowsTheMembersAndThoseOfNestedGroups() {
        assertThat(printed(outer))
                .containsSubsequence(
                        "asyncio4j.ExceptionGroup: outer (2 sub-exceptions)",
                        "Suppressed: asyncio4j.ExceptionGroup: inner (2 sub-exceptions)",
                        "Suppressed: java.io.IOException: disk",
                        "Suppressed: java.lang.IllegalStateException: state",
                        "Suppressed: java.lang.AssertionError: error");
    }

    @Test
    void aMemberMayComeTwice() {
        ExceptionGroup twice = new ExceptionGroup("twice", List.of(io, io));
        assertThat(twice.exceptions()).containsExactly(io, io);
        assertThat(printed(twice)).contains("disk");
    }

    @Test
    void theMembersDontChangeWithTheListTheyCameIn() {
        List<Throwable> list = new ArrayList<>(List.of(io));
        ExceptionGroup group = new ExceptionGroup("", list);
        list.add(state);
        assertThat(group.exceptions()).containsExactly(io);
        assertThatThrownBy(() -> group.exceptions().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatMakesNoGroupIsRefused() {
        assertThatThrownBy(() -> new ExceptionGroup("none", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the list of exceptions is empty");
        assertThatThrownBy(() -> new ExceptionGroup("null", Arrays.asList(io, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("one of the members is null");
        assertThatThrownBy(() -> new ExceptionGroup(null, List.of(io)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the message is null");
        assertThatThrownBy(() -> new ExceptionGroup("null", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the list of exceptions is null");
    }

    @Test
    void splitByTypeKeepsTheNesting() {
        ExceptionGroup.Split split = outer.split(IOException.class);
        assertThat(split.matching()).hasMessage("outer (1 sub-exception)");
        ExceptionGroup matchingInner = (ExceptionGroup) split.matching().exceptions().getFirst();
        assertThat(matchingInner).hasMessage("inner (1 sub-exception)");
        assertThat(matchingInner.exceptions()).containsExactly(io);
        assertThat(split.rest()).hasMessage("outer (2 sub-exceptions)");
        assertThat(split.rest().exceptions()).hasSize(2).endsWith(error);
        assertThat(((ExceptionGroup) split.rest().exceptions().getFirst()).exceptions())
                .containsExactly(state);
    }

    @Test
    void subgroupIsTheMatchingHalf() {
        assertThat(outer.subgroup(AssertionError.class).exceptions()).containsExactly(error);
        assertThat(outer.subgroup(Throwable.class)).isSameAs(outer);
        assertThat(outer.subgroup(InterruptedException.class)).isNull();
        assertThat(outer.split(InterruptedException.class).rest()).isSameAs(outer);
        assertThat(outer.split(Throwable.class).rest()).isNull();
    }

    @Test
    void aGroupIsOfATypeThroughItsMembersExceptOfItsOwn() {
        assertThat(inner.subgroup(RuntimeException.class).exceptions()).containsExactly(state);
        assertThat(outer.subgroup(ExceptionGroup.class)).isSameAs(outer);
    }

    @Test
    void aConditionIsAskedOfGroupsFirst() {
        List<Throwable> asked = new ArrayList<>();
        ExceptionGroup found =
                outer.subgroup(each -> {
                    asked.add(each);
                    return each == inner;
                });
        assertThat(asked).containsExactly(outer, inner, error);
        assertThat(found.exceptions()).containsExactly(inner);
        assertThat(outer.subgroup(each -> each == outer)).isSameAs(outer);
    }

    @Test
    void aPartHasStackCauseAndAwaitsOfTheWhole() {
        inner.initCause(error);
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                Task<?> failing =
                        createTask(
                                () -> {
                                    throw inner;
                                },
                                TaskOptions.DEFAULT.name("failing"));
                assertThatThrownBy(() -> await(failing)).isSameAs(inner);
            });
        }
        ExceptionGroup part = inner.subgroup(IOException.class);
        assertThat(part).hasCause(error);
        assertThat(part.getStackTrace()).isEqualTo(inner.getStackTrace());
        assertThat(part.getSuppressed()).hasSize(2).startsWith(io);
        assertThat(part.getSuppressed()[1].toString()).startsWith("awaited here by task");
    }

    @Test
    void itCanBeSerialized() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(outer);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ExceptionGroup read = (ExceptionGroup) in.readObject();
            assertThat(read).hasMessage("outer (2 sub-exceptions)");
            assertThat(((ExceptionGroup) read.exceptions().getFirst()).exceptions().getFirst())
                    .isInstanceOf(IOException.class)
                    .hasMessage("disk");
        }
    }

    /** So many groups, each the only member of another, around {@link #io} and {@link #state}. */
    private ExceptionGroup nested(int levels) {
        ExceptionGroup group = new ExceptionGroup("1", List.of(io, state));
        for (int level = 2; level <= levels; level++) {
            group = new ExceptionGroup(String.valueOf(level), List.of(group));
        }
        return group;
    }

    @Test
    void groupsNestedTenThousandDeepArePrintedInPart() {
        assertThat(printed(nested(10_010)))
                .hasSizeLessThan(100_000)
                .containsSubsequence(
                        "asyncio4j.ExceptionGroup: 10010 (1 sub-exception)",
                        "Suppressed: asyncio4j.ExceptionGroup: 10009 (1 sub-exception)",
                        "Suppressed: asyncio4j.ExceptionGroup: 10000 (1 sub-exception)",
                        "Suppressed: 9999 more groups inside of each other, which exceptions() has;"
                                + " in the innermost:",
                        "Suppressed: java.io.IOException: disk")
                .doesNotContain("ExceptionGroup: 9999 ");
    }

    @Test
    void groupsNestedAsUsualArePrintedInFull() {
        assertThat(printed(nested(49)))
                .containsSubsequence(
                        "asyncio4j.ExceptionGroup: 49 (1 sub-exception)",
                        "asyncio4j.ExceptionGroup: 25 (1 sub-exception)",
                        "asyncio4j.ExceptionGroup: 1 (2 sub-exceptions)",
                        "Suppressed: java.io.IOException: disk",
                        "Suppressed: java.lang.IllegalStateException: state")
                .doesNotContain("more groups");
    }

    @Test
    void groupsNestedTenThousandDeepAreSplit() {
        ExceptionGroup group = nested(10_000);
        ExceptionGroup.Split split = group.split(IOException.class);
        assertThat(leaves(split.matching())).containsExactly(io);
        assertThat(leaves(split.rest())).containsExactly(state);
        assertThat(group.subgroup(AssertionError.class)).isNull();
        assertThat(group.split(Exception.class).rest()).isNull();
    }

    /** What is in the innermost of groups that have one member each. */
    private static List<Throwable> leaves(ExceptionGroup outermost) {
        ExceptionGroup group = outermost;
        while (group.exceptions().getFirst() instanceof ExceptionGroup inner) {
            group = inner;
        }
        return group.exceptions();
    }

    @Test
    void taskGroupsNestedThousandsDeepFailAsOne() {
        try (VirtualRunner runner = new VirtualRunner()) {
            assertThatThrownBy(() -> runner.run(() -> failing(3_000)))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            group -> assertThat(leaves(group)).containsExactly(state));
            assertThat(runner.reports).isEmpty();
        }
    }

    private void failing(int depth) {
        if (depth == 0) {
            throw state;
        }
        await(
                Asyncio.taskGroup(group -> {
                    group.createTask(() -> failing(depth - 1));
                }));
    }
}
