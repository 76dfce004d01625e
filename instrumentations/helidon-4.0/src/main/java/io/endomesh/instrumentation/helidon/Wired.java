package io.endomesh.instrumentation.helidon;

/** What Helidon holds of a connection that the mesh looks into. */
interface Wired {

  Wire wire();
}
