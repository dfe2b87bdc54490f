package dev.signalbox;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenFieldsConjunction;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds the plan of the house against the compiled classes.
class FloorsTest {
  private static final String HOUSE = "dev.signalbox..";
  private static final String ROOT = "dev.signalbox";

  private static JavaClasses house;

  @BeforeAll
  static void readTheHouse() {
    house = new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);
  }

  @Test
  void everyPackageIsARoomOfThePlan() {
    assertThat(packages()).filteredOn(name -> Floors.room(name).isEmpty()).isEmpty();
  }

  @Test
  void aRoomUsesLowerFloorsOnly() {
    var wrong =
        house.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(FloorsTest::staysInTheHouse)
            .filter(use -> !Floors.mayUse(room(use.getOriginClass()), room(use.getTargetClass())))
            .map(Dependency::getDescription)
            .toList();

    assertThat(wrong).as("uses of a higher floor or of a neighbour").isEmpty();
  }

  @Test
  void thePlanAllowsWhatIsBelowAndTheStatedExceptions() {
    assertThat(Floors.mayUse("session", "journal")).isTrue();
    assertThat(Floors.mayUse("journal", "session")).isFalse();
    assertThat(Floors.mayUse("session", "change")).isFalse();
    assertThat(Floors.mayUse("agent.acp", "agent")).isTrue();
    assertThat(Floors.mayUse("agent", "agent.acp")).isFalse();
    assertThat(Floors.mayUse("agent", "agent.launch")).isFalse();
    assertThat(Floors.mayUse("agent.codex", "agent.wire")).isTrue();
    assertThat(Floors.mayUse("agent.exec", "agent.codex")).isTrue();
    assertThat(Floors.mayUse("agent.conformance", "agent")).isTrue();
    assertThat(Floors.mayUse("agent.conformance", "agent.acp")).isFalse();
    assertThat(Floors.mayUse("agent.codex", "agent.acp")).isFalse();
    assertThat(Floors.mayUse("event", "id")).isTrue();
    assertThat(Floors.mayUse("id", "event")).isFalse();
    assertThat(Floors.mayUse("practice", "jsonrpc")).isTrue();
    assertThat(Floors.mayUse("practice", "process")).isFalse();
    assertThat(Floors.mayUse("http", "")).isFalse();
    assertThat(Floors.mayUse("", "http")).isTrue();
    assertThat(Floors.room("dev.signalbox.agent.acp.wire")).contains("agent.acp");
    assertThat(Floors.room("dev.signalbox.agents")).isEmpty();
  }

  @Test
  void packagesHaveNoCycles() {
    hold(slices().matching("dev.signalbox.(**)").should().beFreeOfCycles());
  }

  @Test
  void thePracticeAgentNeedsOnlyTheJdkAndJackson() {
    hold(
        noClasses()
            .that()
            .resideInAPackage("dev.signalbox.practice..")
            .should()
            .dependOnClassesThat(
                describe(
                    "are neither JDK, Jackson, annotations, jsonrpc nor practice",
                    type -> !isPracticeMaterial(type.getPackageName()))));
  }

  @Test
  void everyPackageSaysWhatItOwnsAndIsNullMarked() {
    assertThat(packages())
        .filteredOn(name -> !house.getPackage(name).isAnnotatedWith(NullMarked.class))
        .as("packages without package-info.java and @NullMarked")
        .isEmpty();
  }

  // The practice agent is a process of its own and runs what its user typed.
  @Test
  void onlyTheProcessRoomStartsPrograms() {
    var outside =
        noClasses()
            .that()
            .resideInAPackage(HOUSE)
            .and()
            .resideOutsideOfPackages("dev.signalbox.process..", "dev.signalbox.practice..");

    hold(outside.should().dependOnClassesThat().areAssignableTo(ProcessBuilder.class));
    hold(
        noClasses()
            .should()
            .callMethodWhere(
                describe(
                    "Runtime.exec",
                    call ->
                        call.getTargetOwner().isEquivalentTo(Runtime.class)
                            && call.getName().equals("exec"))));
  }

  @Test
  void onlyAMainClassEndsTheProcess() {
    hold(
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethodWhere(
                describe(
                    "System.exit or Runtime.halt",
                    call ->
                        (call.getTargetOwner().isEquivalentTo(System.class)
                                && call.getName().equals("exit"))
                            || (call.getTargetOwner().isEquivalentTo(Runtime.class)
                                && call.getName().equals("halt")))));
  }

  @Test
  void nothingMutableIsStaticAndNothingHidesInAThread() {
    hold(ownFields().and().areStatic().should().beFinal());
    hold(noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class));
  }

  @Test
  void namesSayWhatAThingIs() {
    hold(
        noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)(\\$.*)?"));
  }

  private static void hold(ArchRule rule) {
    // Rooms are furnished one after the other: a rule about an empty one holds.
    rule.allowEmptyShould(true).check(house);
  }

  private static GivenFieldsConjunction ownFields() {
    return fields()
        .that()
        .areDeclaredInClassesThat(resideInAPackage(HOUSE))
        .and()
        .doNotHaveModifier(SYNTHETIC);
  }

  private static List<String> packages() {
    return house.stream().map(JavaClass::getPackageName).distinct().sorted().toList();
  }

  private static boolean staysInTheHouse(Dependency use) {
    var target = use.getTargetClass().getPackageName();
    return target.equals(ROOT) || target.startsWith(ROOT + ".");
  }

  private static String room(JavaClass type) {
    return Floors.room(type.getPackageName()).orElseThrow();
  }

  private static boolean isPracticeMaterial(String name) {
    return name.isEmpty()
        || List.of(
                "java.",
                "tools.jackson.",
                "com.fasterxml.jackson.annotation",
                "org.jspecify.",
                "com.google.errorprone.annotations",
                "dev.signalbox.jsonrpc",
                "dev.signalbox.practice")
            .stream()
            .anyMatch(name::startsWith);
  }
}
