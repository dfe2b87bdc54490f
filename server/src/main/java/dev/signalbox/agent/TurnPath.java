package dev.signalbox.agent;

/// The way a piece of work takes to its agent.
public enum TurnPath {
  /// By a thread in a process that stays.
  WARM,
  /// By a thread in the agent's own server, which stays.
  OWN_SERVER,
  /// In a process of its own, which is gone afterwards.
  ONE_SHOT;

  /// What belongs to a lane goes where the lane's conversation is kept, if the agent can keep one.
  /// What belongs to none has no conversation to go on with, and leaves nothing behind.
  ///
  /// @param session whether the work belongs to a session
  /// @param lane whether it is a turn of a lane
  public static TurnPath of(boolean session, boolean lane, Keeping keeping) {
    if (!session || !lane) {
      return ONE_SHOT;
    }
    return switch (keeping) {
      case WARM -> WARM;
      case OWN_SERVER -> OWN_SERVER;
      case NOTHING -> ONE_SHOT;
    };
  }
}
