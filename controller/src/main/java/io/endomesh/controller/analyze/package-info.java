/** What is valid and wrong all the same. */
@NullMarked
package io.endomesh.controller.analyze;

import org.jspecify.annotations.NullMarked;
