package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactionTest {
  private static String mask(String text) {
    return Redaction.knowing(Map.of()).mask(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-canary0123456789",
        "sk-ant-api03-canary_0123-456789",
        "ghp_canary0123456789canary0123456789",
        "github_pat_canary0123456789_canary",
        "glpat-canary0123456789abc",
        "xoxb-canary-0123456789",
        "AKIACANARY0123456789",
        "AIzaCanary0123456789canary0123456789",
        "ya29.canary0123456789",
        "hf_canary0123456789abc",
        "npm_canary0123456789abc",
        "eyJcanary01.eyJcanary02.canary03",
      })
  void R_SEC_5_keysAreKnownByTheirShape(String key) {
    assertThat(mask("using " + key + " for it")).isEqualTo("using *** for it");
    assertThat(mask("{\"x\":\"" + key + "\"}")).isEqualTo("{\"x\":\"***\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer canary0123456789",
        "authorization=Basic Y2FuYXJ5OmNhbmFyeQ==",
        "\"Authorization\": \"token canary\"",
        "got bearer canary0123456789abcdef here",
        "api_key=canary0123456789",
        "\"apiKey\": \"canary0123456789\"",
        "X-Api-Key: canary0123456789",
        "ANTHROPIC_AUTH_TOKEN=canary0123456789",
        "client_secret: 'canary01234'",
        "password: canary",
        "PASSWD=canary",
        "https://user:canary@example.org/path",
        "http://:canary@proxy:3128",
        "-----BEGIN RSA PRIVATE KEY-----\ncanary\ncanary\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ncanary\n", // the rest did not come
        "canary\ncanary\n-----END OPENSSH PRIVATE KEY-----", // the start was cut off
      })
  void R_SEC_5_secretsAreKnownByWhatStandsBeforeThem(String text) {
    assertThat(mask(text)).contains("***").doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Unexpected token: identifier",
        "max_tokens: 100000",
        "tokens=12345678, of 200000",
        "basic authentication is required",
        "no key for module-info",
        "at https://example.org:8080/a@b",
        "error: task-runner failed",
        "the author: Somebody Else9",
      })
  void ordinaryMessagesStayAsTheyAre(String text) {
    assertThat(mask(text)).isEqualTo(text);
  }

  @Test
  void R_SEC_5_valuesOfSecretVariablesAreMaskedWhereverTheyStand() {
    var redaction =
        Redaction.knowing(
            Map.of(
                "MY_KEY", "plain words",
                "MY_KEY_LONGER", "plain words and more",
                "GIT_AUTHOR_NAME", "Ada Lovelace",
                "SHORT_TOKEN", "on"));

    assertThat(redaction.mask("plain words and more, plain words, Ada Lovelace, on"))
        .isEqualTo("***, ***, Ada Lovelace, on");
  }

  @Test
  @Timeout(30) // a pattern that looks ahead without a bound takes minutes for this
  void aHostileLineDoesNotHoldUpAnybody() {
    for (String part :
        new String[] {"a", "eyJ", "-----BEGIN ", "key=", "://a", "authorization:", "\n"}) {
      String text = part.repeat(256 * 1024 / part.length());

      assertThat(mask(text)).isNotNull();
    }
  }
}
