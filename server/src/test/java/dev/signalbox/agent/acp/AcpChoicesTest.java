package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Model, mode and effort of a warm conversation.
@Tag("R-DRV-11")
@Timeout(180)
class AcpChoicesTest {
  private static final Habits HABITS = Habits.good().models("small", "large").modes("ask", "auto");
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void offersAreKnownAtOnce() throws Exception {
    var offers = bench.thread(HABITS).offers();
    assertThat(offers.models()).extracting(Choice::id).containsExactly("small", "large");
    assertThat(offers.model()).isEqualTo("small");
    assertThat(offers.modes()).extracting(Choice::id).containsExactly("ask", "auto");
    assertThat(offers.mode()).isEqualTo("ask");
    assertThat(offers.efforts()).extracting(Choice::id).containsExactly("low", "high");
    assertThat(offers.effort()).isEqualTo("low");
  }

  @Test
  void R_DRV_11_aChangeAppliesFromTheNextTurnInTheSameProcess() throws Exception {
    var thread = bench.thread(HABITS);
    assertThat(whoAmI(thread, null, null, null)).contains("model=small mode=ask effort=low");
    assertThat(whoAmI(thread, "large", "auto", "high"))
        .contains("model=large mode=auto effort=high");
    assertThat(thread.offers().model()).isEqualTo("large");
    assertThat(thread.offers().mode()).isEqualTo("auto");
    assertThat(thread.offers().effort()).isEqualTo("high");
    assertThat(whoAmI(thread, null, null, null)).contains("model=large mode=auto effort=high");
    assertThat(bench.received.starts()).isEqualTo(1);
  }

  @Test
  void whatIsChosenAlreadyIsNotSetAgain() throws Exception {
    var thread = bench.thread(HABITS);
    whoAmI(thread, "small", "ask", "low");
    assertThat(bench.received.messages("session/set_config_option")).isEmpty();
    whoAmI(thread, "large", null, null);
    whoAmI(thread, "large", null, null);
    assertThat(bench.received.messages("session/set_config_option")).hasSize(1);
  }

  @Test
  void agentsThatOfferTheOlderWayAreSetTheOlderWay() throws Exception {
    var thread = bench.thread(HABITS.olderOffers());
    assertThat(thread.offers().models()).extracting(Choice::id).containsExactly("small", "large");
    assertThat(whoAmI(thread, "large", "auto", null)).contains("model=large mode=auto");
    assertThat(bench.received.messages("session/set_model")).hasSize(1);
    assertThat(bench.received.messages("session/set_mode")).hasSize(1);
    assertThat(thread.offers().model()).isEqualTo("large");
  }

  @Test
  void trap14_theTextGeminiSendsWhenItsModeIsSetIsInNoTurn() throws Exception {
    var thread = bench.thread(HABITS.olderOffers().textOnModeChange());
    var told = new Told();
    bench.run(thread, script().say("hi"), new TurnSettings(null, "auto", null), told);
    assertThat(told.text()).isEqualTo("hi");
  }

  @Test
  void aChoiceTheAgentDoesNotHaveFailsTheTurnAndNamesThoseItHas() throws Exception {
    var thread = bench.thread(HABITS);
    var told = new Told();
    var result = bench.run(thread, script().say("hi"), new TurnSettings("huge", null, null), told);
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            f -> {
              assertThat(f.problem().detail()).contains("the model `huge`");
              assertThat(f.problem().hint()).contains("small, large");
            });
    assertThat(told.text()).isEmpty();
    assertThat(whoAmI(thread, null, null, null)).contains("model=small");
  }

  @Test
  void anAgentThatOffersNoChoiceSaysSo() throws Exception {
    var thread = bench.thread(Habits.good());
    var result =
        bench.run(thread, script().say("hi"), new TurnSettings("any", null, null), new Told());
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            f -> assertThat(f.problem().detail()).contains("offers no choice of model"));
  }

  private String whoAmI(
      AgentThread thread, @Nullable String model, @Nullable String mode, @Nullable String effort)
      throws Exception {
    var told = new Told();
    var result = bench.run(thread, script().whoAmI(), new TurnSettings(model, mode, effort), told);
    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    return told.text();
  }
}
