package dev.signalbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A checkout with the real scripts and nothing else real: its `mvnw`, `npm`, `node`, `git` and
/// JDKs are small scripts that note that they were called. The machine's own JDKs are out of sight.
final class Checkout {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "cmp",
          "cp",
          "date",
          "dirname",
          "env",
          "find",
          "flock",
          "git",
          "grep",
          "ls",
          "mkdir",
          "mv",
          "ps",
          "readlink",
          "rm",
          "sh",
          "sleep",
          "touch");

  /// What a call printed and how it ended.
  record Ran(int exit, String out, String err) {}

  final Path root;
  private final Path machine;
  private final Path tools;
  private final Map<String, String> environment = new LinkedHashMap<>();

  private Checkout(Path folder) {
    root = folder.resolve("a check out");
    machine = folder.resolve("machine");
    tools = machine.resolve("bin");
  }

  /// A fresh clone below `folder`, on a machine that has everything Signalbox needs.
  static Checkout in(Path folder) throws IOException {
    var it = new Checkout(folder);
    it.clone(Path.of("").toAbsolutePath().getParent());
    it.furnishMachine();
    return it;
  }

  private void clone(Path origin) throws IOException {
    Files.createDirectories(root.resolve("bin"));
    Files.copy(origin.resolve("signalbox"), root.resolve("signalbox"));
    try (Stream<Path> scripts = Files.list(origin.resolve("bin"))) {
      for (var script : scripts.filter(Files::isRegularFile).toList()) {
        Files.copy(script, root.resolve("bin").resolve(script.getFileName()));
      }
    }
    write("pom.xml", "<project/>");
    write("server/pom.xml", "<project/>");
    write("server/src/main/java/A.java", "class A {}");
    script(
        root.resolve("mvnw"),
        """
        echo "mvnw with $JAVA_HOME" >>calls
        if [ -f mvnw.says ]; then cat mvnw.says; exit 1; fi
        if [ -d web ]; then mkdir web/node_modules; fi
        mkdir -p server/target/lib
        echo jar >server/target/signalbox.jar
        """);
    age();
  }

  private void furnishMachine() throws IOException {
    Files.createDirectories(tools);
    Files.createDirectories(machine.resolve("home"));
    for (var tool : TOOLS) {
      var real = Stream.of("/bin", "/usr/bin", "/usr/local/bin").map(at -> Path.of(at, tool));
      var found = real.filter(Files::isExecutable).findFirst();
      if (found.isPresent()) {
        tool(tool, "exec " + found.get() + " \"$@\"");
      }
    }
    tool("node", "echo v22.1.0");
    tool("git", "echo git version 2.40.1");
    environment.put("PATH", tools.toString());
    environment.put("HOME", machine.resolve("home").toString());
    environment.put("SIGNALBOX_SYSTEM_ROOT", machine.toString());
    environment.put("SIGNALBOX_AOT", "off");
  }

  /// Puts a JDK at a place of the machine, for example `usr/lib/jvm/jdk-25`. Its `java` notes that
  /// it was called and prints its arguments, one per line, after the main class.
  Path jdk(String place, String version) throws IOException {
    var jdk = Files.createDirectories(machine.resolve(place));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(
        jdk.resolve("bin/java"),
        """
        calls="$CHECKOUT/calls"
        for argument; do
          case $argument in
            -XX:AOTCacheOutput=*) echo "train" >>"$calls"; [ -f "$CHECKOUT/train.fails" ] && exit 1
              : >"${argument#*=}"; exit 0 ;;
            -XX:AOTCache=*) echo "java with cache" >>"$calls" ;;
          esac
        done
        echo "version %s"
        until [ "$1" = dev.signalbox.Main ]; do shift; done
        shift
        for argument; do printf '%%s\\n' "$argument"; done
        if [ "$1" = locale ]; then printf '%%s\\n' "${LC_ALL:-none}"; fi
        if [ "$1" = up ] && [ "$2" = --wait ]; then read -r end; fi
        """
            .formatted(version));
    script(jdk.resolve("bin/javac"), "echo javac " + version);
    age();
    return jdk;
  }

  /// Replaces a program of the machine.
  void tool(String name, String body) throws IOException {
    Files.deleteIfExists(tools.resolve(name));
    script(tools.resolve(name), body);
  }

  /// Takes a program away from the machine.
  void without(String name) throws IOException {
    Files.delete(tools.resolve(name));
  }

  void set(String variable, String value) {
    environment.put(variable, value);
  }

  void write(String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /// Runs `./signalbox` from another folder and waits for its end.
  Ran signalbox(String... arguments) throws IOException, InterruptedException {
    return await(start(root.resolve("signalbox"), arguments));
  }

  Process start(Path script, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(machine.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("CHECKOUT", root.toString());
    return builder.start();
  }

  /// Waits for the end of a script, which prints little.
  static Ran await(Process process) throws IOException, InterruptedException {
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, SECONDS)).isTrue();
    return new Ran(process.exitValue(), out, err);
  }

  /// The lines the scripted programs noted, in order.
  List<String> calls() throws IOException {
    var calls = root.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  /// The builds that are ready to start, and whatever else lies there as a folder.
  List<Path> builds() throws IOException {
    var app = root.resolve("target/app");
    if (!Files.isDirectory(app)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(app)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /// Makes everything in the checkout and on the machine look an hour old, so that a later write is
  /// newer than any build.
  void age() throws IOException {
    var then = FileTime.from(Instant.now().minusSeconds(3600));
    for (var top : List.of(root, machine)) {
      try (Stream<Path> all = Files.exists(top) ? Files.walk(top) : Stream.empty()) {
        all.filter(file -> !Files.isSymbolicLink(file)).forEach(file -> setTime(file, then));
      }
    }
  }

  private static void setTime(Path file, FileTime time) {
    try {
      Files.setLastModifiedTime(file, time);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
  }
}
