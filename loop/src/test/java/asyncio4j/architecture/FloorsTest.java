package asyncio4j.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The packages are floors of one house: a floor stands on those below it and knows none above. */
class FloorsTest {
    /**
     * From the ground up; packages on one floor may know each other. A new one has to find its
     * place here.
     */
    private static final List<List<String>> FLOORS =
            List.of(
                    List.of(
                            "asyncio4j.internal.fiber",
                            "asyncio4j.internal.flight",
                            "asyncio4j.internal.spi"),
                    List.of("asyncio4j.internal.loop"),
                    List.of("asyncio4j.internal.context", "asyncio4j.management"),
                    List.of("asyncio4j", "asyncio4j.internal.access"),
                    List.of("asyncio4j.internal.locks", "asyncio4j.tools"),
                    List.of("asyncio4j.locks"),
                    List.of("asyncio4j.queues"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("jcstress"))
                    .importPackages("asyncio4j");

    static Stream<ArchRule> noFloorKnowsAHigherOne() {
        return rules(FLOORS);
    }

    @ParameterizedTest
    @MethodSource
    void noFloorKnowsAHigherOne(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void floorsTurnedUpsideDownAreRefused() {
        assertThat(rules(FLOORS.reversed()))
                .anyMatch(rule -> rule.evaluate(CLASSES).hasViolation());
    }

    @Test
    void everyPackageHasAFloor() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .isSubsetOf(FLOORS.stream().flatMap(List::stream).toList());
    }

    /**
     * For each floor but the topmost, that its packages have nothing to do with those further on in
     * the list.
     */
    private static Stream<ArchRule> rules(List<List<String>> floors) {
        return IntStream.range(0, floors.size() - 1)
                .mapToObj(floor ->
                        ignorantOf(floors.get(floor), floors.subList(floor + 1, floors.size())));
    }

    private static ArchRule ignorantOf(List<String> packages, List<List<String>> higher) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(higher.stream().flatMap(List::stream).toArray(String[]::new))
                .allowEmptyShould(true);
    }
}
