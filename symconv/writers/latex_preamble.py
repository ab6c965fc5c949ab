"""What stands before a document in LaTeX: packages of a minimal TeX, and macros of our own."""

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb,mathtools,bm}
\usepackage{xcolor,graphicx,tikz}
\usetikzlibrary{arrows.meta,positioning,calc}
\usepackage[hidelinks,unicode]{hyperref}
\setcounter{MaxMatrixCols}{200}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt minus 1pt}
\emergencystretch=3em
\pdfinfoomitdate=1
\pdftrailerid{}
\pdfsuppressptexinfo=-1
\hypersetup{pdftitle={@PLAIN@}}
\begin{document}
{\LARGE\bfseries\raggedright @TITLE@\par}
\bigskip
"""
"""A complete file's beginning; the title is put in for @TITLE@, its letters alone for @PLAIN@."""

NEEDS = r"""% For \input into a document of your own, whose preamble needs
%   \usepackage{amsmath,amssymb,mathtools,bm,xcolor,graphicx,tikz,hyperref}
% (in beamer \usepackage{mathtools,bm,tikz}): Debian's texlive-latex-base, -latex-recommended and
% -pictures have them.  The macros defined here begin with \sym.
"""
"""What a body says of itself."""

BEGIN = r"""\begingroup\allowdisplaybreaks\predisplaypenalty=0 \emergencystretch=3em
"""
END = r"""
\par\endgroup
"""
"""Around a body."""

MACROS = r"""\makeatletter
\providecommand\symlabel[1]{{\scriptstyle\color{black!60}#1}}
% A matrix: brackets, rows of column labels (0 or 1), row labels, entries.  The arrays are lifted by
% half a row when there are column labels, so that the entries stay centred on the axis.
\providecommand\symgrid[5]{\begingroup
  \dimen0=\dimexpr#3\dimexpr\arraystretch\baselineskip\relax\relax
  \setbox0=\hbox{$#5$}\setbox2=\hbox{$#4$}%
  \dimen2=\dimexpr\ht0+\dp0-\dimen0\relax
  \raise.5\dimen0\box2
  \left#1\vcenter{\hbox{\vrule height\dimen2 width0pt}}\right.\kern-\nulldelimiterspace
  \raise.5\dimen0\box0
  \kern-\nulldelimiterspace\left.\vcenter{\hbox{\vrule height\dimen2 width0pt}}\right#2%
  \endgroup}
% A display, or anything: scaled down if it is wider than the line or too high for the page.
\providecommand\symfit[1]{\[\symfittext{$\displaystyle #1$}\]}
\providecommand\symfittext[1]{\begingroup\setbox0=\hbox{#1}\dimen0=.7\textheight
  \ifdim\wd0>\linewidth \setbox0=\hbox{\resizebox{\linewidth}{!}{\usebox0}}\fi
  \ifdim\dimexpr\ht0+\dp0\relax>\dimen0 \setbox0=\hbox{\resizebox*{!}{\dimen0}{\usebox0}}\fi
  \usebox0\endgroup}
\providecommand\symmark[1]{{\hspace*{\fill}\footnotesize\itshape\color{black!70}[#1]}}
\providecommand\symstep[1]{\textbf{#1.}\enspace}
\providecommand\symcaption[1]{\par\smallskip{\small #1\par}}
\providecommand\symrule{\par\medskip\hrule\medskip}
\providecommand\symcode[1]{{\fontencoding{OT1}\fontfamily{cmtt}\selectfont #1}}
\providecommand\symline[1]{\par\noindent\hangindent=2em\hangafter=1\strut\symcode{#1}}
\@ifundefined{symlisting}{%
  \newenvironment{symlisting}{\par\medskip\small\parskip=0pt\raggedright\frenchspacing}{\par\medskip}%
  \newenvironment{symtable}{\begin{center}}{\end{center}}%
  \newenvironment{symfacts}{\begin{list}{}{\small\raggedright\itemsep=0pt\parsep=0pt\leftmargin=7em\labelwidth=6em
    \renewcommand\makelabel[1]{\textbf{##1}\hfil}}}{\end{list}}%
  \newenvironment{symaside}[1]{\begin{quote}\upshape\def\sym@t{#1}\ifx\sym@t\@empty\else\textbf{#1.}\enspace\fi\ignorespaces}{\end{quote}}%
}{}
\makeatother
"""
"""The ``\\sym…`` macros that a body uses; defined once, however many bodies are put in."""
