package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Tag("R-JOB-3")
class JobRoutesTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path temp;
  private Edge edge;
  private Client client;
  private String project;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp);
    client = edge.client();
    project =
        client
            .post("/api/projects", object().put("path", edge.project("one").toString()))
            .ok()
            .path("id")
            .asString();
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
  }

  @Test
  void R_JOB_3_aJobIsCreatedReadListedTriedAgainAndRemoved() {
    var receipt = client.post("/api/jobs", body("help"));
    assertThat(receipt.status()).isEqualTo(202);
    assertThat(receipt.body().path("state").asString()).isIn("queued", "running");
    var job = "/api/jobs/" + receipt.body().path("id").asString();

    var ended = ended(job);
    assertThat(ended.path("state").asString()).isEqualTo("completed");
    assertThat(ended.path("result").asString()).contains("What I understand:");
    assertThat(ended.path("usage").path("totalTokens").asLong()).isPositive();
    assertThat(ended.path("title").asString()).isEqualTo("help");
    assertThat(ended.has("changes")).as("changes come with worktrees").isFalse();
    assertThat(client.get("/api/jobs").ok()).hasSize(1);

    assertThat(client.post(job + "/retry", object()).status()).isEqualTo(202);
    await()
        .atMost(SOON)
        .until(() ->
            state(job).equals("completed") && client.get(job).ok().path("attempt").asInt() == 2);
    assertThat(client.delete(job).status()).isEqualTo(204);
    assertThat(client.get(job).code()).isEqualTo("unknown_job");
  }

  @Test
  void aRunningJobIsCancelledAndTheListSaysSo() throws Exception {
    try (var watch = client.list()) {
      await().atMost(SOON).until(() -> !watch.frames("welcome").isEmpty());
      assertThat(watch.frames("welcome").getFirst().path("jobs").isArray()).isTrue();
      var job =
          "/api/jobs/" + client.post("/api/jobs", body("count 1000")).ok().path("id").asString();
      await()
          .atMost(SOON)
          .until(() -> client.get(job).ok().path("result").asString("").contains("2"));
      assertThat(client.delete(job).status()).isEqualTo(200);
      assertThat(ended(job).path("state").asString()).isEqualTo("cancelled");

      await()
          .atMost(SOON)
          .until(() ->
              watch.frames("job.changed").stream()
                  .anyMatch(
                      frame -> frame.path("job").path("state").asString("").equals("cancelled")));
      client.delete(job);
      await()
          .atMost(SOON)
          .until(() ->
              watch.frames("job.changed").stream().anyMatch(frame -> frame.path("job").isNull()));
    }
  }

  @Test
  void theSameKeyMakesOneJob() throws Exception {
    var once = body("help").toString();
    var first =
        edge.post("/api/jobs", once, "Content-Type: application/json", "Idempotency-Key: k");
    var second =
        edge.post("/api/jobs", once, "Content-Type: application/json", "Idempotency-Key: k");
    assertThat(first.status()).isEqualTo(202);
    assertThat(JSON.readTree(second.body()).path("id"))
        .isEqualTo(JSON.readTree(first.body()).path("id"));
    assertThat(client.get("/api/jobs").ok()).hasSize(1);
  }

  @Test
  void whatIsMissingOrUnknownIsRefused() {
    assertThat(client.post("/api/jobs", object().put("project", project)).code())
        .isEqualTo("missing_field");
    assertThat(client.post("/api/jobs", body("help").put("agent", "nobody")).status())
        .isEqualTo(422);
    assertThat(client.post("/api/jobs", body("help").put("project", "P!")).status()).isEqualTo(404);
    assertThat(client.get("/api/jobs/nonsense!").code()).isEqualTo("unknown_job");
    assertThat(client.delete("/api/jobs/j_0").status()).isEqualTo(404);
  }

  private ObjectNode body(String text) {
    return object().put("project", project).put("agent", "practice").put("text", text);
  }

  private JsonNode ended(String job) {
    await().atMost(SOON).until(() -> !state(job).equals("queued") && !state(job).equals("running"));
    return client.get(job).ok();
  }

  private String state(String job) {
    return client.get(job).ok().path("state").asString();
  }
}
