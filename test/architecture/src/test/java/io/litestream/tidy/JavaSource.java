package io.litestream.tidy;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A parsed source file: its text, its types and its methods.
public record JavaSource(String path, String text, List<Type> types, List<Method> methods) {

    /// A declared type. `name` is its simple name, `depth` is 0 for a type of its own file.
    public record Type(String name, int depth, Visibility visibility, boolean documented) {}

    /// A declared method or constructor that has a body or could have one.
    ///
    /// @param lines from its first annotation or modifier to its closing brace
    public record Method(
            String owner,
            String name,
            int line,
            int lines,
            Visibility visibility,
            boolean documented,
            Set<String> annotations,
            List<String> parameterTypes) {

        /// Says whether the method carries an annotation of this simple name.
        public boolean has(String annotation) {
            return annotations.contains(annotation);
        }
    }

    /// Who sees a declaration, with all types around it taken into account.
    public enum Visibility {
        PUBLIC,
        HIDDEN
    }

    /// Says whether this is a test, or made for tests.
    public boolean isTest() {
        return path.contains("src/test/") || path.contains("testkit/");
    }

    /// Returns how many lines the file has.
    public int lines() {
        return (int) text.lines().count();
    }

    /// Parses files. They need not compile beyond their syntax.
    public static List<JavaSource> parse(Collection<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            return parse(compiler, manager.getJavaFileObjectsFromPaths(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Parses a text as if it were a file.
    public static JavaSource parse(String path, String text) {
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("memory://" + Checkout.ROOT + "/" + path),
                        JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        return parse(ToolProvider.getSystemJavaCompiler(), List.of(file)).getFirst();
    }

    private static List<JavaSource> parse(
            JavaCompiler compiler, Iterable<? extends JavaFileObject> files) {
        JavacTask task = (JavacTask) compiler.getTask(null, null, _ -> {}, List.of(), null, files);
        List<JavaSource> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                Declarations declarations = new Declarations(unit, DocTrees.instance(task));
                declarations.scan(unit, null);
                sources.add(declarations.source());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    /// Collects what a file declares.
    private static final class Declarations extends TreePathScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final DocTrees trees;
        private final SourcePositions positions;
        private final List<Type> types = new ArrayList<>();
        private final List<Method> methods = new ArrayList<>();

        Declarations(CompilationUnitTree unit, DocTrees trees) {
            this.unit = unit;
            this.trees = trees;
            this.positions = trees.getSourcePositions();
        }

        JavaSource source() throws IOException {
            String path = Path.of(unit.getSourceFile().toUri().getPath()).toString();
            String root = Checkout.ROOT + "/";
            return new JavaSource(
                    path.startsWith(root) ? path.substring(root.length()) : path,
                    unit.getSourceFile().getCharContent(true).toString(),
                    List.copyOf(types),
                    List.copyOf(methods));
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!type.getSimpleName().isEmpty()) {
                types.add(
                        new Type(
                                type.getSimpleName().toString(),
                                depth(),
                                visibility(),
                                isDocumented()));
            }
            return super.visitClass(type, unused);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            long start = positions.getStartPosition(unit, method);
            long end = positions.getEndPosition(unit, method);
            if (end >= 0) { // else the compiler made it up
                methods.add(declared(method, line(start), line(end) - line(start) + 1));
            }
            return super.visitMethod(method, unused);
        }

        private Method declared(MethodTree method, int line, int lines) {
            return new Method(
                    ((ClassTree) getCurrentPath().getParentPath().getLeaf())
                            .getSimpleName()
                            .toString(),
                    method.getName().toString(),
                    line,
                    lines,
                    visibility(),
                    isDocumented(),
                    Set.copyOf(
                            method.getModifiers().getAnnotations().stream()
                                    .map(annotation -> annotation.getAnnotationType().toString())
                                    .toList()),
                    method.getParameters().stream()
                            .map(parameter -> String.valueOf(parameter.getType()))
                            .toList());
        }

        private int line(long position) {
            return (int) unit.getLineMap().getLineNumber(position);
        }

        private int depth() {
            int depth = 0;
            for (TreePath up = getCurrentPath().getParentPath();
                    up.getLeaf() != unit;
                    up = up.getParentPath()) {
                depth++;
            }
            return depth;
        }

        private boolean isDocumented() {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            return comment != null && !comment.getFullBody().isEmpty();
        }

        /// Public if it and all types around it are; members of an interface are public by nature.
        private Visibility visibility() {
            for (TreePath path = getCurrentPath();
                    path.getLeaf() != unit;
                    path = path.getParentPath()) {
                if (!isPublic(path)) {
                    return Visibility.HIDDEN;
                }
            }
            return Visibility.PUBLIC;
        }

        private static boolean isPublic(TreePath path) {
            if (path.getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE) {
                return true;
            }
            return switch (path.getLeaf()) {
                case ClassTree type -> type.getModifiers().getFlags().contains(Modifier.PUBLIC);
                case MethodTree method ->
                        method.getModifiers().getFlags().contains(Modifier.PUBLIC);
                default -> false;
            };
        }
    }
}
