/** What every instrumentation promises, as tests, and the parts they need. */
@NullMarked
package io.endomesh.testkit;

import org.jspecify.annotations.NullMarked;
