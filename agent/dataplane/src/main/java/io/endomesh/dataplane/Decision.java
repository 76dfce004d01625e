package io.endomesh.dataplane;

/** What to do next with a call: send it somewhere, or answer it here. */
public sealed interface Decision permits Attempt, Reply {}
