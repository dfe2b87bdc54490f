package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private final Mailbox<String> mailbox = new Mailbox<>();

  @Test
  void commandsComeBeforeWhatAgentsTell() throws InterruptedException {
    mailbox.tell("event");
    mailbox.offer("command");

    assertThat(mailbox.take(false)).isEqualTo("command");
    assertThat(mailbox.take(false)).isEqualTo("event");
  }

  @Test
  void aFullEventQueueMakesTheTellerWait() throws InterruptedException {
    var told = new AtomicInteger();
    var teller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < 2_000; i++) {
                  mailbox.tell("event");
                  told.incrementAndGet();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(() -> teller.getState() == Thread.State.WAITING);

    assertThat(told).hasValue(1_024);
    for (int i = 0; i < 2_000; i++) {
      mailbox.take(false);
    }
    teller.join();
    assertThat(told).hasValue(2_000);
  }

  @Test
  void tooManyCommandsAreRefusedButTheLanesOwnLettersFit() {
    int taken = 0;
    while (mailbox.offer("command")) {
      taken++;
    }
    mailbox.post("own");

    assertThat(taken).isEqualTo(1_000);
    assertThat(mailbox.close()).hasSize(1_001);
  }

  @Test
  void aClosedMailboxTakesNothingAndLetsTellersGo() throws InterruptedException {
    mailbox.close();

    assertThat(mailbox.offer("late")).isFalse();
    mailbox.tell("late");
    mailbox.post("late");
    assertThat(mailbox.close()).isEmpty();
  }
}
