package io.endomesh.dataplane;

/**
 * A thread of the agent: a daemon, named so, and recognised by every advice as none of its
 * business.
 */
public final class AgentThread extends Thread {

  public AgentThread(Runnable target, String name) {
    super(null, target, "endomesh-" + name, 0, /* inheritThreadLocals= */ false);
    setDaemon(true);
    setContextClassLoader(AgentThread.class.getClassLoader());
  }
}
