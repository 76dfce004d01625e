package io.endomesh.testkit;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;

/** A client that an application can give a trailer of its request. */
@FunctionalInterface
public interface SendsTrailers {

  /** Makes a POST. */
  Answer postWithTrailer(String url, byte[] body, String name, String value)
      throws IOException, InterruptedException;
}
