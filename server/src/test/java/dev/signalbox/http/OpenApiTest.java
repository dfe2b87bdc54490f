package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.HttpServer.Options;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiTest {
  private final HttpServer server =
      new HttpServer(
          new Options("127.0.0.1", 0, "main", "t".repeat(43), true, "1.2.3"),
          InstantSource.system(),
          System::nanoTime,
          () -> {});
  private final JsonNode api = Wire.JSON.readTree(new OpenApi(server.routes(), "1.2.3").json());

  @Test
  void everyRouteOfTheTableIsDescribed() {
    for (var route : server.routes()) {
      var operation =
          api.path("paths").path(route.path()).path(route.method().toLowerCase(Locale.ROOT));
      assertThat(operation.path("summary").asString("")).as(route.path()).isNotBlank();
      assertThat(operation.path("security").isEmpty()).as(route.path()).isTrue();
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    var references = new ArrayList<String>();
    collect(api, references);
    assertThat(references).isNotEmpty();
    for (var reference : references) {
      assertThat(api.at(reference.substring(1)).isObject()).as(reference).isTrue();
    }
  }

  private static void collect(JsonNode node, java.util.List<String> references) {
    if (node.path("$ref").isString()) {
      references.add(node.path("$ref").asString());
    }
    node.forEach(child -> collect(child, references));
  }
}
