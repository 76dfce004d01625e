/** Wires the parts of the agent together. */
@NullMarked
package io.endomesh.javaagent;

import org.jspecify.annotations.NullMarked;
