package dev.signalbox.agent.acp;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("agents")
class GooseContractTest extends RealAgentContract {
  @Override
  protected Map<String, String> configure(Path home) {
    return Map.of(
        "GOOSE_PROVIDER", "openai",
        "GOOSE_MODEL", "fake-1",
        "OPENAI_API_KEY", "dummy-key",
        "OPENAI_HOST", "http://127.0.0.1:" + model.port(),
        "OPENAI_BASE_PATH", "v1/chat/completions",
        "GOOSE_DISABLE_KEYRING", "1",
        "GOOSE_MODE", "approve");
  }

  @Override
  protected List<String> command() {
    return List.of("@aaif/goose-binary-linux-x64/bin/goose", "acp");
  }
}
