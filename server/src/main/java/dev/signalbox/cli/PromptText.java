package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// The prompt exactly as it was given.
final class PromptText {
  private static final int LONGEST = 32 << 20;
  private static final char LOST = '\uFFFD';

  private PromptText() {}

  /// @param in read to its end when the argument is `-`
  /// @throws WrongCall when there is nothing to send, or not all of it arrived here
  static String of(String argument, InputStream in) {
    if (argument.equals("-")) {
      return read(in);
    }
    if (argument.isEmpty()) {
      throw new WrongCall("The prompt is empty: write something, or give - and pipe it in.");
    }
    if (argument.indexOf(LOST) >= 0
        && !System.getProperty("sun.jnu.encoding", "UTF-8").equalsIgnoreCase("UTF-8")) {
      throw new WrongCall(
          "The locale of this shell cannot carry all characters of the prompt: set LC_ALL=C.UTF-8, or give - and pipe it in.");
    }
    return argument;
  }

  private static String read(InputStream in) {
    try {
      var bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length == 0) {
        throw new WrongCall("The prompt is empty: standard input had nothing in it.");
      }
      if (bytes.length > LONGEST) {
        throw new WrongCall("The prompt is longer than 32 MB; put it in a file and name that.");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new WrongCall("The prompt on standard input is not UTF-8 text.");
    } catch (IOException e) {
      throw Refused.unavailable("stdin", "Standard input cannot be read: " + e.getMessage());
    }
  }
}
