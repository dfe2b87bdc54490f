package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What may be started and what it is given, with PID namespaces and without.
final class StartTest extends ChildrenFixture {
  private static Command command(Map<String, String> environment, String... argv) {
    return new Command(List.of(argv), ROOT, environment);
  }

  @Test
  void R_BOX_7_aChildSeesTheGivenEnvironmentAndNoMore() throws Exception {
    Map<String, String> server =
        Map.of(
            "PATH", System.getenv("PATH"),
            "LC_MESSAGES", "C",
            "OPENAI_API_KEY", "decoy-secret",
            "AWS_SECRET_ACCESS_KEY", "decoy-secret",
            "SSH_AUTH_SOCK", "/decoy",
            "LD_PRELOAD", "/decoy.so");
    Map<String, String> built =
        Environment.of(server, Map.of("LANE", "worker"), Map.of("LANE", "planner"));

    String seen = output(children.start(command(built, "env")));

    Set<String> names =
        seen.lines()
            .map(line -> line.split("=", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    // PWD is bubblewrap's own addition, together with its --chdir.
    names.remove("PWD");
    assertThat(names)
        .containsExactly("LANE", "LC_MESSAGES", "PATH", "SIGNALBOX_CHILD", "SIGNALBOX_RUN");
    assertThat(seen).contains("LANE=planner").doesNotContain("decoy");
  }

  @Test
  void argumentsArriveAsTheyAreGiven() throws Exception {
    var odd = List.of("$(touch /x)", "a b", "", "*", "--", "-c", "ä\n'\"");
    var argv = new ArrayList<>(List.of("printf", "%s|"));
    argv.addAll(odd);

    String seen = output(children.start(new Command(argv, ROOT, Machine.environment())));

    assertThat(seen).isEqualTo(String.join("|", odd) + "|");
  }

  @Test
  void aChildStartsInItsDirectory() throws Exception {
    Path inside = Files.createDirectory(directory.resolve("a project"));

    Child child = children.start(new Command(List.of("pwd"), inside, Machine.environment()));

    assertThat(output(child)).isEqualTo(inside.toRealPath() + "\n");
  }

  @Test
  void aBareNameIsLookedForOnThePathOfTheChild() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path script = bin.resolve("greet");
    Files.writeString(script, "#!/bin/sh\necho hello\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    Child child = children.start(command(Map.of("PATH", "relative::" + bin), "greet"));

    assertThat(output(child)).isEqualTo("hello\n");
  }

  @Test
  void R_TEST_6_9_whatCannotStartSaysWhyAndTheNextStartWorks() throws Exception {
    Path plain = Files.writeString(directory.resolve("plain"), "text");
    Path script = Files.writeString(directory.resolve("script"), "#!/no/such/node\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Map<String, String> environment = Machine.environment();

    assertFails(command(environment, "no-such-agent"), "no-such-agent: not found on the PATH");
    assertFails(command(Map.of(), "sh"), "sh: not found on the PATH");
    assertFails(command(environment, "/no/such/agent"), "/no/such/agent: no such file");
    assertFails(
        command(environment, "./agent"), "./agent: neither an absolute path nor a bare name");
    assertFails(command(environment, "/"), "/: not a program but a directory or device");
    assertFails(command(environment, plain.toString()), plain + ": may not be executed");
    assertFails(
        command(environment, script.toString()),
        script + ": a script for /no/such/node, which is not there");
    assertFails(
        new Command(List.of("sh"), Path.of("/no/such"), environment),
        "the working directory /no/such does not exist");
    assertFails(
        new Command(List.of("sh"), plain, environment),
        "the working directory " + plain + " is not a directory");
    assertFails(
        command(environment, "true", "x".repeat(10_000_000)), "true: Argument list too long");

    assertThat(children.start(command(environment, "true")).waitFor().code()).isZero();
  }

  private void assertFails(Command command, String message) {
    assertThatThrownBy(() -> children.start(command))
        .isInstanceOf(StartFailed.class)
        .hasMessage(message);
  }

  @Test
  void manyStartAtOnce() throws Exception {
    var started = new java.util.concurrent.ConcurrentLinkedQueue<Child>();
    var starters = new ArrayList<Thread>();
    for (int i = 0; i < 30; i++) {
      starters.add(
          Thread.ofVirtual()
              .start(() -> started.add(children.start(Machine.shell("echo $$; read -r x")))));
    }
    for (Thread starter : starters) {
      starter.join();
    }

    assertThat(started).hasSize(30);
    for (Child child : started) {
      assertThat(child.stdout().read()).isPositive();
      assertThat(child.exit()).isEmpty();
    }
  }

  @Test
  void anInterruptDuringTheStartLeavesNoUnknownProcess() throws Exception {
    var started = new java.util.concurrent.ArrayBlockingQueue<Child>(1);
    Thread starter =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              started.add(children.start(Machine.shell("sleep $1", nonce)));
            });
    starter.join();

    assertThat(started).hasSize(1); // and the end of the test sees that it is gone
  }

  @Test
  void afterTheEndNothingStarts() {
    children.close();
    children.close();

    assertFails(command(Machine.environment(), "true"), "the server is stopping");
  }
}
