package dev.signalbox.testkit.agent;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a [ScriptedAgent] behaves outside of its turns. Immutable; every method gives a changed
/// copy.
///
/// Steps that can be spoiled are `initialize`, `new`, `load`, `resume`, `authenticate`, `set`
/// (mode, model, config option) and `prompt` (before its script is looked at). How:
///
/// | way | the step then |
/// |---|---|
/// | `ok` | works (the default) |
/// | `silent` | is never answered |
/// | `crash` | ends the process with exit code 7, after a line on standard error |
/// | `refuse` | is answered with error -32603 "scripted refusal" |
/// | `login` | is answered with error -32000 "scripted: not logged in" |
/// | `fake` | is answered as if it had worked, but the session is not known (`load`, `resume`) |
/// | `other` | is answered with the id of another session (`load`, `resume`) |
/// | `late` | is answered after 300 ms |
public final class Habits {
  static final String VARIABLE = "SCRIPTED_AGENT";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ObjectNode json;

  private Habits(ObjectNode json) {
    this.json = json;
  }

  /// Everything works; load, resume, close and images are advertised; no models, no modes.
  public static Habits good() {
    return new Habits(JSON.createObjectNode());
  }

  static Habits of(String text) {
    return new Habits((ObjectNode) JSON.readTree(text));
  }

  /// Spoils a step, see the table above.
  public Habits spoil(String step, String way) {
    return with(step, JSON.valueToTree(way));
  }

  /// Keeps sessions and their memory in a folder, so that another process can load them; without it
  /// they die with the process.
  public Habits state(Path folder) {
    return with("state", JSON.valueToTree(folder.toString()));
  }

  /// Appends every received line, and one line per start, to a file; see [Received].
  public Habits log(Path file) {
    return with("log", JSON.valueToTree(file.toString()));
  }

  /// Does not advertise `load`, `resume`, `close` or `image`, and refuses the methods; or does not
  /// tell its `version`.
  public Habits without(String capability) {
    return with("no-" + capability, JSON.valueToTree(true));
  }

  /// Also advertises `fork`, `list`, or `http` (MCP servers reached by HTTP), and answers the
  /// methods.
  public Habits also(String capability) {
    return with("also-" + capability, JSON.valueToTree(true));
  }

  /// Offers this way in, too, and begins no conversation before it was taken.
  public Habits wantsSignIn(String method) {
    return with("signIn", JSON.valueToTree(method));
  }

  /// The protocol version it answers with, 1 by default.
  public Habits protocolVersion(int version) {
    return with("protocolVersion", JSON.valueToTree(version));
  }

  /// Offers models as opencode does (`configOptions`), with `low` and `high` as efforts.
  public Habits models(String... models) {
    return with("models", JSON.valueToTree(models));
  }

  public Habits modes(String... modes) {
    return with("modes", JSON.valueToTree(modes));
  }

  /// These folders, too, may be written in its sandbox by the user's configuration (Codex).
  public Habits writableRoots(String... roots) {
    return with("roots", JSON.valueToTree(roots));
  }

  /// Offers models and modes the older way: `models`, `modes`, `session/set_model`.
  public Habits olderOffers() {
    return with("olderOffers", JSON.valueToTree(true));
  }

  /// Sends these updates for the new session before the answer to `session/new`, as goose does.
  public Habits updatesBeforeNew(String... updates) {
    return with("updatesBeforeNew", list(updates));
  }

  /// Sends these updates right after the answer to `session/new`.
  public Habits updatesAfterNew(String... updates) {
    return with("updatesAfterNew", list(updates));
  }

  /// What `session/load` replays: `none`, `before` its answer (the default) or `after` it, as
  /// gemini does.
  public Habits replay(String when) {
    return with("replay", JSON.valueToTree(when));
  }

  /// Sends an `agent_message_chunk` "[MODE_UPDATE] x" when the mode is set, as gemini does.
  public Habits textOnModeChange() {
    return with("textOnModeChange", JSON.valueToTree(true));
  }

  /// Uses UUID strings as ids of its requests, as goose does.
  public Habits stringIds() {
    return with("stringIds", JSON.valueToTree(true));
  }

  /// Prints on standard error at its start.
  public Habits standardError(String text) {
    return with("stderr", JSON.valueToTree(text));
  }

  /// Prints this line on standard output before anything else.
  public Habits firstLine(String line) {
    return with("firstLine", JSON.valueToTree(line));
  }

  /// Stays when its input ends, as goose does.
  public Habits ignoreEndOfInput() {
    return with("ignoreEof", JSON.valueToTree(true));
  }

  /// Stays when it is told to terminate.
  public Habits ignoreTerm() {
    return with("ignoreTerm", JSON.valueToTree(true));
  }

  /// Ends with exit code 9 right after the answer to a prompt.
  public Habits crashAfterPrompt() {
    return with("crashAfterPrompt", JSON.valueToTree(true));
  }

  /// The command that starts such an agent: this JVM's own java with small, fast-starting settings.
  public static List<String> command() {
    return command(ScriptedAgent.class);
  }

  static List<String> command(Class<?> program) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        "-XX:-UsePerfData",
        "-Xlog:disable",
        "-Xlog:all=warning:stderr",
        "-cp",
        classPath(),
        program.getName());
  }

  /// The environment that tells the agent these habits.
  public Map<String, String> environment() {
    return Map.of(VARIABLE, JSON.writeValueAsString(json));
  }

  String text(String key, String otherwise) {
    return json.path(key).asString(otherwise);
  }

  boolean has(String key) {
    return json.path(key).asBoolean(false);
  }

  int number(String key, int otherwise) {
    return json.path(key).asInt(otherwise);
  }

  List<String> strings(String key) {
    return json.path(key).valueStream().map(JsonNode::asString).toList();
  }

  List<JsonNode> nodes(String key) {
    return json.path(key).valueStream().toList();
  }

  private Habits with(String key, JsonNode value) {
    var changed = json.deepCopy();
    changed.set(key, value);
    return new Habits(changed);
  }

  private static JsonNode list(String... updates) {
    var list = JSON.createArrayNode();
    Arrays.stream(updates).map(JSON::readTree).forEach(list::add);
    return list;
  }

  /// Only what the agent needs, so that its start does not open dozens of jars.
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("jackson") || entry.endsWith("classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
