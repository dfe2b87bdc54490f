package dev.signalbox.agent;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/// How many agent processes may be up, how long they may idle, and how often that is looked at.
///
/// @param processes the most that are up at once, at least 1
/// @param memory what they and their children may use together, in bytes
/// @param idle after how long without a turn a process is ended, and a thread closed
/// @param sweep how often processes are looked at for all of this
/// @param health how often it is asked whether they answer
/// @param failures after how many times without an answer, one after another, one is replaced
public record PoolLimits(
    int processes, long memory, Duration idle, Duration sweep, Duration health, int failures) {

  /// Ten processes, a quarter of the machine's memory, half an hour.
  public static PoolLimits usual() {
    return new PoolLimits(
        10,
        machineMemory() / 4,
        Duration.ofMinutes(30),
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        3);
  }

  private static long machineMemory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
