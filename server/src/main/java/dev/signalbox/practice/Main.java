package dev.signalbox.practice;

import dev.signalbox.jsonrpc.Peer;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;

/// The process of the practice agent. Speaks ACP over its standard streams until its input ends.
public final class Main {
  private Main() {}

  /// @param args none are looked at
  public static void main(String[] args) throws InterruptedException {
    var in = new FileInputStream(FileDescriptor.in);
    var out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 8192);
    System.setOut(System.err); // nothing but the protocol may reach the standard output
    // A read of the process's own standard input holds the carrier of a virtual thread.
    var threads = Thread.ofPlatform().name("acp-", 0).factory();
    var options = new Peer.Options(64 * 1024 * 1024, 1024, false, threads);
    var agent = new PracticeAgent();
    agent.attach(Peer.start(in, out, options, agent));
    agent.awaitEnd();
  }
}
