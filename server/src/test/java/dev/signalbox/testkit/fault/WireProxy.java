package dev.signalbox.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A TCP proxy from loopback to loopback with [Weather] of its own.
///
/// Each connection has two virtual threads that copy and, when its weather says so, one that plays
/// the faults; what is done to all connections by hand comes on top. All methods may be called from
/// any thread. A connection whose target does not answer is reset at once, as by a port nobody
/// listens on.
public final class WireProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final Weather weather;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile int target;

  private WireProxy(ServerSocket listener, int target, Weather weather) {
    this.listener = listener;
    this.target = target;
    this.weather = weather;
  }

  /// Listens on any free port and passes on to `target`.
  public static WireProxy to(int target, Weather weather) {
    try {
      var listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var proxy = new WireProxy(listener, target, weather);
      Thread.ofVirtual().name("wire-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static WireProxy to(int target) {
    return to(target, Weather.calm());
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// Where new connections go from now on: a restarted server has another port.
  public void target(int port) {
    target = port;
  }

  /// How many connections were taken so far.
  public int accepted() {
    return accepted.get();
  }

  /// How many are open now.
  public int open() {
    return links.size();
  }

  /// Does this to every connection that is open now.
  public void strike(Fault fault) {
    each(link -> link.meet(fault));
  }

  /// Ends stalls, delays and throttles of every connection that is open now.
  public void heal() {
    each(Link::heal);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      each(Link::reset);
    }
  }

  private void each(Consumer<Link> action) {
    links.forEach(action);
  }

  private void accept() {
    while (!listener.isClosed()) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      int number = accepted.getAndIncrement();
      Thread.ofVirtual().name("wire-" + number).start(() -> connect(client, number));
    }
  }

  private void connect(Socket client, int number) {
    var server = new Socket();
    var link = new Link(client, server);
    links.add(link);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2_000);
      link.run(weather.of(number));
    } catch (IOException e) {
      link.reset();
    } finally {
      links.remove(link);
    }
  }
}
