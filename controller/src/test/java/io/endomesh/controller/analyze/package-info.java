@NullMarked
package io.endomesh.controller.analyze;

import org.jspecify.annotations.NullMarked;
