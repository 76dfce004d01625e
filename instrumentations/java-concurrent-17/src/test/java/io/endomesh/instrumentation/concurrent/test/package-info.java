@NullMarked
package io.endomesh.instrumentation.concurrent.test;

import org.jspecify.annotations.NullMarked;
