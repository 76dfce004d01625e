@NullMarked
package io.endomesh.instrumentation.concurrent;

import org.jspecify.annotations.NullMarked;
