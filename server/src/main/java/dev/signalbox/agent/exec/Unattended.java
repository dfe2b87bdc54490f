package dev.signalbox.agent.exec;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;

/// Hands on what an agent tells in a turn that nobody watches over. What it asks is declined at
/// once, in the way it offers, else as cancelled: there is nobody to ask, and the answer of nobody
/// is never a yes.
record Unattended(AgentEvents out) implements AgentEvents {
  @Override
  public void accept(AgentEvent event) throws InterruptedException {
    switch (event) {
      case AgentEvent.AskOpened ask -> {
        decline(ask);
        out.accept(
            new AgentEvent.Notice(
                "denied-unattended",
                "warn",
                "Denied, because nobody is there to be asked: " + ask.title()));
      }
      case AgentEvent.AskWithdrawn _ -> {} // it was never shown
      case AgentEvent.Text _,
          AgentEvent.Reasoning _,
          AgentEvent.ToolCall _,
          AgentEvent.Plan _,
          AgentEvent.Commands _,
          AgentEvent.UsageReported _,
          AgentEvent.ModeChanged _,
          AgentEvent.TitleChanged _,
          AgentEvent.Notice _,
          AgentEvent.Unknown _ ->
          out.accept(event);
    }
  }

  private static void decline(AgentEvent.AskOpened ask) {
    for (var option : ask.options()) {
      if (!option.allows() && !option.lasting()) {
        ask.pending().choose(option.id(), null);
        return;
      }
    }
    ask.pending().cancel();
  }
}
