package io.endomesh.weaving.sample;

import sample.library.Client;

/** What advice calls in its own package; checked like the advice. */
public final class Names {

  private Names() {}

  public static String of(Client client) {
    return client.name();
  }
}
