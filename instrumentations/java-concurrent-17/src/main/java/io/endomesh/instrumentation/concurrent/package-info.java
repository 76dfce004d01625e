/** Carries the call context from the thread that hands a task over to the one that runs it. */
@NullMarked
package io.endomesh.instrumentation.concurrent;

import org.jspecify.annotations.NullMarked;
