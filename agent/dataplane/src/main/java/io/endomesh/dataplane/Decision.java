package io.endomesh.dataplane;

/** What to do next with a call: send it somewhere, answer it here, or wait and ask again. */
public sealed interface Decision permits Attempt, Reply, Pause {}
