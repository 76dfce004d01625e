/**
 * What the JVM loads first: the launcher and the loader that keeps the agent to itself. JDK only.
 */
@NullMarked
package io.endomesh.bootstrap;

import org.jspecify.annotations.NullMarked;
