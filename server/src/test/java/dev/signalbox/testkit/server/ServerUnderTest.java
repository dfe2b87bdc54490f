package dev.signalbox.testkit.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The server as a process of its own, over one data folder, with nothing in its environment but
/// what a test gives it. It may be killed and started again as often as wanted; each start takes
/// another port. For one thread.
public final class ServerUnderTest implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path dir;
  private final Map<String, String> environment;
  private final List<String> options;
  private Process process;
  private int port;

  /// What a server is started with.
  ///
  /// @param dir an own folder of the test; `data` in it is the data folder, `home` the home,
  ///   `server.log` what it says
  /// @param environment beside `PATH`, `HOME`, `TMPDIR` and `LANG`
  /// @param settings `settings.json` of the shared configuration
  /// @param options further ones of `up`
  public record Setup(
      Path dir, Map<String, String> environment, ObjectNode settings, List<String> options) {

    public Setup(Path dir, ObjectNode settings) {
      this(dir, Map.of(), settings, List.of());
    }

    public Setup(Path dir, Map<String, String> environment, List<String> options) {
      this(dir, environment, JSON.createObjectNode(), options);
    }

    public Setup {
      environment = Map.copyOf(environment);
      options = List.copyOf(options);
    }
  }

  /// Settings that make an ACP agent known, as a user would write them.
  ///
  /// @param name of the agent
  /// @param command with its arguments
  public static ObjectNode agentSettings(
      String name, List<String> command, Map<String, String> environment) {
    var settings = JSON.createObjectNode();
    settings.putObject("agents");
    return withAgent(settings, name, command, environment);
  }

  /// Adds one more agent to settings that have some.
  public static ObjectNode withAgent(
      ObjectNode settings, String name, List<String> command, Map<String, String> environment) {
    var agent = ((ObjectNode) settings.path("agents")).putObject(name);
    agent.put("command", command.getFirst());
    var args = agent.putArray("args");
    command.stream().skip(1).forEach(args::add);
    var env = agent.putObject("env");
    environment.forEach(env::put);
    return settings;
  }

  private ServerUnderTest(Setup setup) {
    this.dir = setup.dir();
    this.environment = new HashMap<>(base(setup.dir()));
    this.environment.putAll(setup.environment());
    this.options = setup.options();
    this.process = launch();
  }

  /// Starts one and waits until it is up.
  ///
  /// @throws IllegalStateException with the end of its log when it does not come up
  public static ServerUnderTest start(Path dir) {
    return start(new Setup(dir, JSON.createObjectNode()));
  }

  public static ServerUnderTest start(Setup setup) {
    try {
      for (String part : List.of("home", "tmp")) {
        Files.createDirectories(setup.dir().resolve(part));
      }
      Path config = Files.createDirectories(setup.dir().resolve("data/config"));
      Files.writeString(config.resolve("settings.json"), setup.settings().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ServerUnderTest(setup);
  }

  /// Starts it again over the same data folder.
  public void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException("it is running");
    }
    process = launch();
  }

  /// Starts it and kills it after that time, whether it is up by then or not. It stays down.
  public void startAndKill(Duration after) {
    try {
      process = builder(dir.resolve("ready.json")).start();
      if (process.waitFor(after.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("it ended by itself: " + tail());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /// SIGKILL, and waits until it is gone.
  public void kill() {
    process.destroyForcibly();
    gone(Duration.ofSeconds(10));
  }

  /// SIGTERM, and waits until it is gone.
  public void stop() {
    process.destroy();
    gone(Duration.ofSeconds(30));
  }

  /// Kills it if it still runs.
  @Override
  public void close() {
    kill();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  public Path data() {
    return dir.resolve("data");
  }

  public Path home() {
    return dir.resolve("home");
  }

  /// The local token, as the command line reads it.
  public String token() {
    return read(data().resolve("token")).strip();
  }

  /// A client straight to its port.
  public Client client() {
    return new Client(port, port, token());
  }

  /// A client through a proxy on that port, which says the server's own port in its `Host`.
  public Client clientThrough(int proxyPort) {
    return new Client(proxyPort, port, token());
  }

  /// All it has said on its standard streams, over all starts.
  public String log() {
    return read(dir.resolve("server.log"));
  }

  private static Map<String, String> base(Path dir) {
    return Map.of(
        "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"),
        "HOME", dir.resolve("home").toString(),
        "TMPDIR", dir.resolve("tmp").toString(),
        "LANG", "C.UTF-8");
  }

  private Process launch() {
    try {
      Path ready = dir.resolve("ready.json");
      Files.deleteIfExists(ready);
      var started = builder(ready).start();
      port = awaitReady(started, ready).path("port").asInt();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(Path ready) {
    var builder = new ProcessBuilder(command(ready));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(dir.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("server.log").toFile()));
    return builder;
  }

  private List<String> command(Path ready) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                mainClassPath(),
                "dev.signalbox.Main",
                "up"));
    command.addAll(List.of("--port", "0", "--no-open", "--data", data().toString()));
    command.addAll(List.of("--ready-file", ready.toString()));
    command.addAll(options);
    return command;
  }

  /// The class path of the tests without the tests.
  private static String mainClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private JsonNode awaitReady(Process started, Path ready) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end && started.isAlive()) {
      if (Files.exists(ready)) {
        try {
          return JSON.readTree(Files.readString(ready));
        } catch (JacksonException halfWritten) {
          // it will be whole in a moment
        }
      }
      try {
        if (started.waitFor(20, TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    started.destroyForcibly();
    throw new IllegalStateException("the server did not come up: " + tail());
  }

  private String tail() {
    String log = log();
    return log.substring(Math.max(0, log.length() - 4_000));
  }

  private void gone(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
