/** Tests of the command. */
package io.endomesh.controller.cli;
